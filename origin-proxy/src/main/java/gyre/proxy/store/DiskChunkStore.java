package gyre.proxy.store;

import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Drafts;
import gyre.proxy.cache.MemoryRepresentation;
import gyre.proxy.cache.Representation;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * The chunk store on disk: a file for each representation, written later by a thread of its own and
 * found at once; the {@link DiskIndex} says which one goes.
 *
 * <p>Every chunk is checked when it is read. A disk that fails is as good as an empty one: what
 * cannot be written is not kept, what cannot be read is forgotten.
 */
final class DiskChunkStore implements ChunkStore {

  /** Bytes that wait to be written; what comes faster than the disk takes it is not kept. */
  private static final long BACKLOG = 64L << 20;

  /** What is left of the file system for everybody else, the site keys among them. */
  static final long RESERVE = 256L << 20;

  private final CacheFolder folder;
  private final long largest;
  private final Consumer<ContentName> onLoss;
  private final DiskThreads threads = new DiskThreads();
  private final OpenFiles open;
  private final DiskIndex index;
  private final AtomicLong backlog = new AtomicLong();

  /** Emptied or closed: what lies in the folder is not taken into the index any more. */
  private final AtomicBoolean loadsNoMore = new AtomicBoolean();

  private final AtomicInteger clearing = new AtomicInteger();
  private final Complaints complaints =
      new Complaints(LoggerFactory.getLogger(DiskChunkStore.class));
  private final DiskDrafts drafts;

  private DiskChunkStore(
      CacheFolder folder, long capacity, long largest, Consumer<ContentName> onLoss) {
    this.folder = folder;
    this.largest = largest;
    this.onLoss = onLoss;
    this.open = new OpenFiles(folder);
    this.index = new DiskIndex(capacity, this::gone);
    this.drafts = new DiskDrafts(folder, threads, shelf(), capacity, largest);
  }

  private DiskDrafts.Shelf shelf() {
    return new DiskDrafts.Shelf() {
      @Override
      public void leave(long taken) {
        index.leave(taken);
      }

      @Override
      public void placed(ContentName name, long size) {
        index.placed(name, size);
      }

      @Override
      public void complain(IOException failure) {
        complaints.tell("what arrives is not written to the disk cache", failure);
      }
    };
  }

  @Override
  public Drafts drafts() {
    return drafts;
  }

  /**
   * Opens the folder and makes it where there is none; {@code largest}: bytes of a representation
   * that is kept; {@code onLoss} is told, on any thread, what left the store. An IOException where
   * the folder cannot be used, or another process uses it.
   */
  static DiskChunkStore open(Path folder, long capacity, long largest, Consumer<ContentName> onLoss)
      throws IOException {
    return new DiskChunkStore(CacheFolder.open(folder), capacity, largest, onLoss);
  }

  /**
   * Takes what an earlier process has left into the index, beside what came since, and removes what
   * it did not finish. Blocks for a while, on a thread of its own: meanwhile the store works.
   */
  void load() {
    try {
      folder.sweep();
      folder.walk(this::loaded, loadsNoMore::get);
    } catch (IOException e) {
      complaints.tell("the disk cache is not read whole", e);
    }
  }

  private void loaded(ContentName name, long length) {
    long size = ContentFile.size(length);
    if (size < 0 || size > largest) {
      threads.change(() -> deleteUnlessHeld(name));
    } else {
      index.placed(name, size);
    }
  }

  @Override
  public void put(ContentName name, Representation content) {
    long size = content.size();
    if (size > largest || index.find(name).isPresent()) {
      return;
    }
    if (backlog.addAndGet(size) > BACKLOG) {
      backlog.addAndGet(-size);
      return;
    }
    DiskIndex.Entry entry = index.arrives(name, content);
    if (!threads.change(() -> write(name, entry, content))) {
      backlog.addAndGet(-size);
      index.remove(name, entry);
    }
  }

  private void write(ContentName name, DiskIndex.Entry entry, Representation content) {
    try {
      if (index.holds(name, entry)) {
        writeWhereRoom(name, content);
        entry.arrived();
        deleteUnlessHeld(name);
      }
    } catch (IOException | RuntimeException e) {
      index.remove(name, entry);
      complaints.tell("the disk cache cannot be written", e);
    } finally {
      backlog.addAndGet(-content.size());
    }
  }

  private void writeWhereRoom(ContentName name, Representation content) throws IOException {
    long left = folder.room() - ContentFile.length(content.size());
    if (left < RESERVE) {
      throw new IOException("less than " + (RESERVE >> 20) + " MiB are left on its file system");
    }
    folder.write(name, content);
  }

  /** By the thread that writes: whoever is in the index has its file, or writes it next. */
  private void deleteUnlessHeld(ContentName name) {
    if (!holds(name)) {
      try {
        folder.delete(name);
      } catch (IOException e) {
        complaints.tell("a file of the disk cache cannot be removed", e);
      }
    }
  }

  private void gone(ContentName name, DiskIndex.Entry entry) {
    if (entry.arriving().isEmpty() && clearing.get() == 0) {
      threads.change(() -> deleteUnlessHeld(name));
    }
    onLoss.accept(name);
  }

  @Override
  public Optional<Representation> find(ContentName name) {
    Optional<DiskIndex.Entry> entry = index.find(name);
    Optional<Representation> arriving = entry.flatMap(DiskIndex.Entry::arriving);
    if (entry.isEmpty() || arriving.isPresent()) {
      return arriving;
    }
    try {
      return Optional.of(threads.read(() -> open.read(name, file -> opened(name, file))));
    } catch (IOException e) {
      forget(name, entry.get(), e);
      return Optional.empty();
    }
  }

  /** What is no longer than a chunk is read whole: that it cannot be read is known at once. */
  private Representation opened(ContentName name, ContentFile file) throws IOException {
    ChunkList chunks = file.chunks();
    return switch (chunks.count()) {
      case 0 -> new MemoryRepresentation(chunks, List.of());
      case 1 -> new MemoryRepresentation(chunks, List.of(file.chunk(0)));
      default -> new OnDisk(name, chunks);
    };
  }

  private void forget(ContentName name, DiskIndex.Entry entry, IOException why) {
    if (why.getCause() instanceof InterruptedException) {
      return;
    }
    complaints.tell("what the disk cache holds cannot be read", why);
    if (why instanceof DiskThreads.BusyException) {
      return;
    }
    open.close(name);
    index.remove(name, entry);
  }

  /** Read chunk by chunk, as it is asked for. */
  private final class OnDisk implements Representation {
    private final ContentName name;
    private final ChunkList chunks;

    OnDisk(ContentName name, ChunkList chunks) {
      this.name = name;
      this.chunks = chunks;
    }

    @Override
    public ChunkList chunks() {
      return chunks;
    }

    @Override
    public ByteBuffer chunk(int at) throws IOException {
      try {
        return threads.read(() -> open.read(name, file -> file.chunk(at)));
      } catch (IOException e) {
        index.held(name).ifPresent(entry -> forget(name, entry, e));
        throw e;
      }
    }
  }

  /** Nothing: whatever is here has to be waited for. */
  @Override
  public Optional<Representation> atOnce(ContentName name) {
    return Optional.empty();
  }

  @Override
  public boolean holds(ContentName name) {
    return index.held(name).isPresent();
  }

  @Override
  public Set<ContentName> names() {
    return index.names();
  }

  /** Counts as a use, so that what memory answers does not look forgotten here. */
  void touch(ContentName name) {
    var _ = index.find(name);
  }

  @Override
  public void remove(ContentName name) {
    if (!index.remove(name)) {
      threads.change(() -> deleteUnlessHeld(name)); // not loaded yet
    }
  }

  @Override
  public void clear() {
    loadsNoMore.set(true);
    clearing.incrementAndGet();
    index.clear();
    clearing.decrementAndGet();
    threads.change(
        () -> {
          try {
            folder.empty();
          } catch (IOException e) {
            complaints.tell("the disk cache cannot be emptied", e);
          }
        });
  }

  @Override
  public long bytes() {
    return index.bytes();
  }

  /** What it holds stays for the next process; what waits is written, for ten seconds at most. */
  @Override
  public void close() {
    loadsNoMore.set(true);
    threads.close();
    open.close();
    try {
      folder.close();
    } catch (IOException e) {
      complaints.tell("the disk cache cannot be closed", e);
    }
  }
}
