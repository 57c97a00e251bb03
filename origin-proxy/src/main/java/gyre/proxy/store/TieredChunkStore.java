package gyre.proxy.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Drafts;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.cache.MemoryRepresentation;
import gyre.proxy.cache.Representation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory above a disk that holds the same and more. What was found on disk comes back into memory
 * where there is room, or where it was asked for twice of late; then it has to hold its own against
 * what is there (W-TinyLFU), so that a scan drives out nothing that is in use.
 *
 * <p>A thread {@code gyre-disk-promote} reads what comes back, one at a time.
 */
public final class TieredChunkStore implements ChunkStore {
  private static final Logger LOG = LoggerFactory.getLogger(TieredChunkStore.class);
  private static final int REMEMBERED = 1 << 14;
  private static final int QUEUE = 64;
  private static final int TOUCHED = 1_024;
  private static final int TOUCH_EVERY = 64;

  private final Consumer<ContentName> onLoss;
  private final MemoryChunkStore memory;
  private final DiskChunkStore disk;
  private final Cache<ContentName, Boolean> askedOnce =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();
  private final AtomicLong puts = new AtomicLong();
  private final ThreadPoolExecutor promotions =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE),
          Thread.ofPlatform().daemon().name("gyre-disk-promote").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  /** Bytes in memory, on disk, and of the largest representation that is kept. */
  public record Bounds(long memory, long disk, long largest) {
    /** Of all that is on disk, one representation is a quarter at most. */
    public Bounds(long memory, long disk) {
      this(memory, disk, disk / 4);
    }
  }

  private TieredChunkStore(Path folder, Bounds bounds, Consumer<ContentName> onLoss)
      throws IOException {
    this.onLoss = onLoss;
    this.memory = new MemoryChunkStore(bounds.memory(), this::lost);
    this.disk = DiskChunkStore.open(folder, bounds.disk(), bounds.largest(), this::lost);
  }

  /**
   * Opens the folder, as {@link DiskChunkStore#open}; {@code onLoss} is told, on any thread, what
   * is neither in memory nor on disk any more.
   */
  public static TieredChunkStore open(Path folder, Bounds bounds, Consumer<ContentName> onLoss)
      throws IOException {
    return new TieredChunkStore(folder, bounds, onLoss);
  }

  private void lost(ContentName name) {
    if (!holds(name)) {
      onLoss.accept(name);
    }
  }

  /** As {@link DiskChunkStore#load}. */
  public void load() {
    disk.load();
  }

  @Override
  public Drafts drafts() {
    return disk.drafts();
  }

  /** The largest representation that memory keeps, and so what is worth collecting. */
  public long largest() {
    return memory.largest();
  }

  @Override
  public void put(ContentName name, Representation content) {
    if (puts.incrementAndGet() % TOUCH_EVERY == 0) {
      memory.hottest(TOUCHED).forEach(disk::touch); // what memory answers is in use, too
    }
    disk.put(name, content);
    memory.put(name, content);
  }

  @Override
  public void putBriefly(ContentName name, Representation content) {
    memory.put(name, content);
  }

  @Override
  public Optional<Representation> find(ContentName name) {
    Optional<Representation> held = memory.find(name);
    if (held.isPresent()) {
      return held;
    }
    Optional<Representation> found = disk.find(name);
    found.filter(content -> isWorthMemory(name, content)).ifPresent(c -> promote(name, c));
    return found;
  }

  private boolean isWorthMemory(ContentName name, Representation content) {
    return content.size() <= memory.largest()
        && (memory.hasRoomFor(content) || askedOnce.asMap().put(name, true) != null);
  }

  private void promote(ContentName name, Representation content) {
    switch (content) {
      case MemoryRepresentation whole -> comeBack(name, whole);
      case Representation onDisk ->
          promotions.execute(
              () -> {
                try {
                  comeBack(name, read(onDisk));
                } catch (IOException e) {
                  LOG.debug("{} stays on disk: {}", name, e.getMessage());
                }
              });
    }
  }

  /** Unless it was removed meanwhile. */
  private void comeBack(ContentName name, Representation whole) {
    memory.put(name, whole);
    if (!disk.holds(name)) {
      memory.remove(name);
    }
  }

  private static Representation read(Representation content) throws IOException {
    List<ByteBuffer> pieces = new ArrayList<>(content.chunks().count());
    for (int i = 0; i < content.chunks().count(); i++) {
      pieces.add(content.chunk(i));
    }
    return new MemoryRepresentation(content.chunks(), pieces);
  }

  @Override
  public Optional<Representation> atOnce(ContentName name) {
    return memory.atOnce(name);
  }

  @Override
  public boolean holds(ContentName name) {
    return memory.holds(name) || disk.holds(name);
  }

  @Override
  public Set<ContentName> names() {
    Set<ContentName> names = new HashSet<>(memory.names());
    names.addAll(disk.names());
    return names;
  }

  @Override
  public void remove(ContentName name) {
    disk.remove(name);
    memory.remove(name);
  }

  @Override
  public void clear() {
    disk.clear();
    memory.clear();
  }

  /** Of the two the more, as what is in memory is on disk, too. */
  @Override
  public long bytes() {
    return Math.max(memory.bytes(), disk.bytes());
  }

  public long memoryBytes() {
    return memory.bytes();
  }

  public long diskBytes() {
    return disk.bytes();
  }

  @Override
  public void close() {
    promotions.shutdownNow();
    disk.close();
    memory.close();
  }
}
