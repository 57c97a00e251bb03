package gyre.proxy.store;

import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Draft;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/**
 * A file below {@code tmp/} that becomes one of content, or is removed. The thread that writes has
 * at most {@link #BACKLOG} of its chunks before it. What is read before the end is checked against
 * its CRC-32C; after it, by whoever opens the file, against its hashes.
 */
final class DraftFile implements Draft {
  private static final int BACKLOG = 16;
  private static final int PATIENCE_SECONDS = 30;

  /** How many chunks are written between two looks at the room on the file system. */
  private static final int LOOK = 256;

  private final DiskDrafts drafts;
  private final Path path;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Integer> checksums = new ArrayList<>();
  private Optional<FileChannel> file = Optional.empty();
  private Optional<IOException> failure = Optional.empty();
  private long size;
  private long room;
  private int written;
  private boolean isNamed;
  private boolean isClosed;

  DraftFile(DiskDrafts drafts) {
    this.drafts = drafts;
    this.path = drafts.folder().temporary();
  }

  @Override
  public boolean append(ByteBuffer chunk, Duration atMost) throws IOException {
    ByteBuffer bytes = chunk.asReadOnlyBuffer();
    int checksum = checksum(bytes);
    lock.lock();
    try {
      if (!await(atMost, () -> checksums.size() - written < BACKLOG)) {
        return false;
      }
      makeRoom(bytes.remaining());
      int index = checksums.size();
      checksums.add(checksum);
      size += bytes.remaining();
      if (!drafts.threads().change(() -> write(index, bytes))) {
        throw new IOException("the disk cache is closed, or too much waits for it");
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void makeRoom(int more) throws IOException {
    if (size + more > drafts.largest()) {
      throw new IOException("more than the " + drafts.largest() + " bytes that are kept");
    }
    while (size + more > room) {
      room += drafts.take();
    }
  }

  /** What may be awaited. */
  private interface Claim {
    boolean holds();
  }

  /** False where it does not hold in time; an IOException where it never will. */
  private boolean await(Duration atMost, Claim claim) throws IOException {
    long left = atMost.toNanos();
    try {
      while (failure.isEmpty() && !isClosed && !claim.holds()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the disk");
    }
    if (failure.isPresent()) {
      throw new IOException(failure.get().toString(), failure.get());
    }
    if (isClosed) {
      throw new IOException("it was closed");
    }
    return true;
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes.duplicate());
    return (int) sum.getValue();
  }

  /** By the thread that writes, as is all that follows but reading. */
  private void write(int index, ByteBuffer bytes) {
    if (!isWanted()) {
      return;
    }
    try {
      if (index % LOOK == 0) {
        lookForRoom();
      }
      ContentFile.write(opened(), (long) index * Limits.CHUNK, bytes);
      lock.lock();
      try {
        written = index + 1;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    } catch (IOException | RuntimeException e) {
      fail(e instanceof IOException io ? io : new IOException(e));
    }
  }

  private void lookForRoom() throws IOException {
    if (drafts.folder().room() < DiskChunkStore.RESERVE + (long) LOOK * Limits.CHUNK) {
      throw new IOException("its file system is full but for what is left to others");
    }
  }

  private FileChannel opened() throws IOException {
    if (file.isEmpty()) {
      FileChannel made =
          FileChannel.open(
              path,
              Set.of(
                  StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ),
              ContentFile.MODE);
      lock.lock();
      try {
        file = Optional.of(made);
      } finally {
        lock.unlock();
      }
      return made;
    }
    return file.get();
  }

  private boolean isWanted() {
    lock.lock();
    try {
      return failure.isEmpty() && !isClosed;
    } finally {
      lock.unlock();
    }
  }

  private void fail(IOException reason) {
    drafts.shelf().complain(reason);
    lock.lock();
    try {
      failure = Optional.of(reason);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int written() {
    lock.lock();
    try {
      return written;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public ByteBuffer chunk(int index) throws IOException {
    FileChannel open;
    int length;
    int checksum;
    lock.lock();
    try {
      open = file.filter(f -> index < written).orElseThrow(() -> new IOException("not written"));
      length = (int) Math.min(Limits.CHUNK, size - (long) index * Limits.CHUNK);
      checksum = checksums.get(index);
    } finally {
      lock.unlock();
    }
    ByteBuffer chunk =
        drafts.threads().read(() -> ContentFile.read(open, (long) index * Limits.CHUNK, length));
    if (checksum(chunk) != checksum) {
      throw new IOException("chunk " + index + " of a draft is not what was written");
    }
    return chunk.asReadOnlyBuffer();
  }

  @Override
  public void keep(ContentName name, ChunkList chunks) throws IOException {
    if (chunks.size() != size) {
      throw new IllegalArgumentException(chunks.size() + " bytes of " + size);
    }
    if (!drafts.threads().change(() -> place(name, chunks))) {
      throw new IOException("the disk cache is closed, or too much waits for it");
    }
    lock.lock();
    try {
      if (!await(Duration.ofSeconds(PATIENCE_SECONDS), () -> isNamed)) {
        throw new IOException("the disk has not answered for " + PATIENCE_SECONDS + " s");
      }
    } finally {
      lock.unlock();
    }
  }

  private void place(ContentName name, ChunkList chunks) {
    if (!isWanted()) {
      return;
    }
    try {
      ContentFile.writeTail(opened(), chunks);
      drafts.folder().place(path, name);
      giveBackRoom(); // to the file, which takes as much
      drafts.shelf().placed(name, chunks.size());
      lock.lock();
      try {
        isNamed = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    } catch (IOException | RuntimeException e) {
      fail(e instanceof IOException io ? io : new IOException(e));
    }
  }

  private void giveBackRoom() {
    long back;
    lock.lock();
    try {
      back = room;
      room = 0;
    } finally {
      lock.unlock();
    }
    drafts.giveBack(back);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (isClosed) {
        return;
      }
      isClosed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!drafts.threads().change(this::end)) {
      end(); // nothing is written any more; what is left is swept by the next start
    }
  }

  private void end() {
    try {
      if (file.isPresent()) {
        file.get().close();
        Files.deleteIfExists(path); // nothing is there once it was given its name
      }
    } catch (IOException e) {
      drafts.shelf().complain(e);
    } finally {
      giveBackRoom();
      drafts.ended();
    }
  }
}
