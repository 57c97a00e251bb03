package gyre.proxy.fetch;

import gyre.proxy.cache.NewContent;
import gyre.proxy.message.Headers;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the pouring thread of a {@link Fill} and its readers meet: what has arrived, how far each
 * reader is, how it ended. All of it under one lock, which nobody holds while a disk is waited for.
 */
final class Basin {
  /** How far the slowest reader may be behind where the bytes are let go. */
  private static final int WINDOW = 1 << 20;

  /** How long the slowest reader is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OptionalLong size;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Keeping keeping;
  private final Set<FillReader> readers = new HashSet<>();
  private boolean ended;
  private boolean settled;
  private boolean released;
  private Headers trailers = Headers.EMPTY;
  private @Nullable IOException failure;

  Basin(OptionalLong size, FillRoom room) {
    this.size = size;
    this.keeping = new Keeping(size, room);
  }

  OptionalLong size() {
    return size;
  }

  /** Whether room has to be made for the next byte. By the pouring thread, so without the lock. */
  boolean isFull() {
    return keeping.isFull();
  }

  void makeRoom() {
    lock.lock();
    try {
      keeping.makeRoom();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes what there is room for, and drops what need not be in memory; where the bytes are let go
   * that is what every reader has read, and the slowest is waited for. An IOException where there
   * are more bytes than announced, or nobody reads what is let go.
   */
  void take(ByteBuffer bytes) throws IOException {
    lock.lock();
    try {
      keeping.append(bytes);
      changed.signalAll();
      if (keeping.isLetGo()) {
        slide();
      } else {
        keeping.shed();
      }
    } finally {
      lock.unlock();
    }
  }

  private void slide() throws IOException {
    await(PATIENCE, () -> readers.isEmpty() || keeping.available() - slowest() <= WINDOW);
    if (readers.isEmpty()) {
      throw new IOException("nobody reads it any more");
    }
    keeping.dropBefore(slowest());
  }

  private long slowest() {
    return readers.stream().mapToLong(FillReader::at).min().orElse(0);
  }

  private void await(Duration atMost, BooleanSupplier condition) throws IOException {
    long left = atMost.toNanos();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          throw new IOException("no progress for " + atMost.toSeconds() + " s");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** How many bytes have arrived in all. */
  long available() {
    lock.lock();
    try {
      return keeping.available();
    } finally {
      lock.unlock();
    }
  }

  /** Where the chunks are to be written, as long as they are. */
  Optional<Spill> draft() {
    return locked(keeping::draft);
  }

  /** What there is of the chunk that begins at this byte, which was not dropped. */
  ByteBuffer chunk(long at) {
    return locked(() -> keeping.piece(at, Long.MAX_VALUE));
  }

  private <T> T locked(Supplier<T> question) {
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  /** The draft takes no more: the bytes are let go from here on. */
  void letGo() {
    lock.lock();
    try {
      keeping.letGo();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a reader has had all that has arrived. */
  boolean isReaderWaiting() {
    return locked(() -> readers.stream().anyMatch(reader -> reader.at() >= keeping.available()));
  }

  /** All has arrived. */
  void end(Headers behind) {
    lock.lock();
    try {
      ended = true;
      trailers = behind;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean hasEnded() {
    return locked(() -> ended);
  }

  /** Nothing more arrives. The first reason counts. */
  void fail(IOException reason) {
    lock.lock();
    try {
      failure = failure == null ? reason : failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** After the end: the whole, where it was kept. */
  Optional<NewContent> kept(ChunkList list) {
    return locked(() -> ended ? keeping.content(list) : Optional.empty());
  }

  /** Whether a reader who enters now finds everything from the first byte on. */
  boolean isAllThere() {
    return locked(
        () -> !keeping.isLetGo() && failure == null && (keeping.isWholeInMemory() || !released));
  }

  void enter(FillReader reader) {
    lock.lock();
    try {
      readers.add(reader);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next piece for this reader, empty where it has had everything. Waits for it {@code atMost}
   * so long, and for the disk where it comes from there. An IOException where it does not come.
   */
  Optional<ByteBuffer> next(FillReader reader, Duration atMost) throws IOException {
    Spill draft;
    lock.lock();
    try {
      await(atMost, () -> hasNews(reader));
      if (reader.isThrough() || (ended && keeping.available() <= reader.at())) {
        return Optional.empty();
      }
      if (keeping.available() <= reader.at() && failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
      if (keeping.isInMemory(reader.at())) {
        return Optional.of(passed(reader, keeping.piece(reader.at(), reader.end())));
      }
      draft = keeping.spilled();
    } finally {
      lock.unlock();
    }
    return Optional.of(passed(reader, draft.piece(reader.at(), reader.end())));
  }

  private ByteBuffer passed(FillReader reader, ByteBuffer piece) {
    lock.lock();
    try {
      reader.advance(piece.remaining());
      changed.signalAll();
      return piece;
    } finally {
      lock.unlock();
    }
  }

  /** Whether {@link #next} would not wait for the pouring thread. */
  boolean isReady(FillReader reader) {
    lock.lock();
    try {
      return hasNews(reader);
    } finally {
      lock.unlock();
    }
  }

  private boolean hasNews(FillReader reader) {
    return keeping.available() > reader.at() || reader.isThrough() || ended || failure != null;
  }

  /** What came behind the last byte. */
  Headers trailers() {
    return locked(() -> trailers);
  }

  void leave(FillReader reader) {
    lock.lock();
    try {
      readers.remove(reader);
      releaseWhereUnread();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The pouring thread is done with it: once nobody reads it, it counts no longer. */
  void settle() {
    lock.lock();
    try {
      settled = true;
      releaseWhereUnread();
    } finally {
      lock.unlock();
    }
  }

  private void releaseWhereUnread() {
    if (settled && readers.isEmpty() && !released) {
      released = true;
      keeping.release();
    }
  }
}
