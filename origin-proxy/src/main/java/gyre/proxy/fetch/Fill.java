package gyre.proxy.fetch;

import gyre.proxy.cache.MemoryRepresentation;
import gyre.proxy.cache.Representation;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkHasher;
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
import org.jspecify.annotations.Nullable;

/**
 * A representation while it arrives: one thread pours bytes in, any number of readers follow, also
 * those that come later.
 *
 * <p>All of it is kept, for the store, as long as it stays within {@code largest} bytes and the
 * budget of all fills. Beyond that it becomes a window: what every reader has read is dropped,
 * nobody can join any more, and the pouring thread waits for the slowest reader.
 *
 * <p>Trailers reach those who read while it arrives; the store drops them (RFC 9111, 3.1).
 */
final class Fill implements StoredAnswer.Content {
  private static final int WINDOW = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OptionalLong size;
  private final long largest;
  private final FillBudget budget;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final FillChunks chunks = new FillChunks();
  private final Set<Reader> readers = new HashSet<>();
  private final ChunkHasher hasher = new ChunkHasher();
  private long taken;
  private boolean isWindow;
  private boolean ended;
  private boolean settled;
  private Headers trailers = Headers.EMPTY;
  private @Nullable IOException failure;

  Fill(OptionalLong size, long largest, FillBudget budget) {
    this(size, largest, budget, PATIENCE);
  }

  /** {@code patience}: how long a reader waits for the next piece. */
  Fill(OptionalLong size, long largest, FillBudget budget, Duration patience) {
    this.size = size;
    this.patience = patience;
    this.largest = largest;
    this.budget = budget;
    this.isWindow = size.orElse(0) > largest;
  }

  @Override
  public OptionalLong size() {
    return size;
  }

  @Override
  public Body whole() {
    return new Reader(0, Long.MAX_VALUE);
  }

  @Override
  public Body bytes(long from, long length) {
    return new Reader(from, from + length);
  }

  /** Held at the first byte: while it is open, nothing is dropped that was still there. */
  final class Place implements AutoCloseable {
    private final Reader holder = new Reader(0, 0);

    private Place() {}

    /** Whether a reader who comes now finds everything. */
    boolean isAtTheStart() {
      lock.lock();
      try {
        return chunks.isWhole() && !isWindow && failure == null;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      holder.close();
    }
  }

  Place place() {
    return new Place();
  }

  boolean isComplete() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes everything of the body; an IOException where it, or the last reader of a window, fails.
   * However it ends, readers are told.
   */
  void pour(Body body) throws IOException {
    try (body) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        ByteBuffer bytes = piece.get();
        hasher.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
          append(bytes);
        }
      }
      if (size.isPresent() && size.getAsLong() != chunks.available()) {
        throw new IOException(
            "it ended after " + chunks.available() + " of " + size.getAsLong() + " bytes");
      }
      end(body.trailers());
    } catch (IOException e) {
      fail(e);
      throw e;
    } finally {
      if (!isComplete()) {
        fail(new IOException("it broke off"));
      }
    }
  }

  /** The pouring thread is done with it: what nobody reads any more counts no longer. */
  void settle() {
    lock.lock();
    try {
      settled = true;
      giveBackWhereUnread();
    } finally {
      lock.unlock();
    }
  }

  private void giveBackWhereUnread() {
    if (settled && readers.isEmpty()) {
      budget.giveBack(taken);
      taken = 0;
    }
  }

  private void append(ByteBuffer bytes) throws IOException {
    lock.lock();
    try {
      if (chunks.needsAnother()) {
        int length = chunkLength();
        isWindow |= !budget.take(length);
        taken += isWindow ? 0 : length;
        chunks.add(length);
      }
      if (chunks.append(bytes) == 0) {
        throw new IOException("more bytes than " + size.orElse(chunks.available()));
      }
      isWindow |= chunks.available() > largest;
      changed.signalAll();
      if (isWindow) {
        slide();
      }
    } finally {
      lock.unlock();
    }
  }

  private int chunkLength() {
    long left = size.orElse(Long.MAX_VALUE) - chunks.available();
    return (int) Math.min(Limits.CHUNK, left);
  }

  /** Drops what everybody has read, and waits while the slowest reader is far behind. */
  private void slide() throws IOException {
    await(PATIENCE, () -> readers.isEmpty() || chunks.available() - slowest() <= WINDOW);
    if (readers.isEmpty()) {
      throw new IOException("nobody reads it any more");
    }
    chunks.dropBefore(slowest());
  }

  private long slowest() {
    return readers.stream().mapToLong(reader -> reader.at).min().orElse(0);
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

  private void end(Headers behind) {
    lock.lock();
    try {
      ended = true;
      trailers = behind;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(IOException reason) {
    lock.lock();
    try {
      failure = failure == null ? reason : failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** After the end: the hashes of what went through. Called once, by the pouring thread. */
  ChunkList chunkList() {
    return hasher.finish();
  }

  /** After the end: the whole, where it was kept. */
  Optional<Representation> kept(ChunkList list) {
    lock.lock();
    try {
      if (isWindow || !ended) {
        return Optional.empty();
      }
      return Optional.of(new MemoryRepresentation(list, chunks.pieces(list)));
    } finally {
      lock.unlock();
    }
  }

  /** Follows the bytes from one position to another, or to the end. */
  private final class Reader implements Body {
    private final OptionalLong length;
    private final long end;
    private long at;

    Reader(long from, long end) {
      this.at = from;
      this.end = end;
      this.length = end == Long.MAX_VALUE ? size : OptionalLong.of(end - from);
      lock.lock();
      try {
        readers.add(this);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public Optional<ByteBuffer> next() throws IOException {
      lock.lock();
      try {
        await(patience, this::hasNews);
        if (at >= end || (ended && chunks.available() <= at)) {
          return Optional.empty();
        }
        if (chunks.available() <= at && failure != null) {
          throw new IOException(failure.getMessage(), failure);
        }
        ByteBuffer piece = chunks.piece(at, end);
        at += piece.remaining();
        changed.signalAll();
        return Optional.of(piece);
      } finally {
        lock.unlock();
      }
    }

    private boolean hasNews() {
      return chunks.available() > at || at >= end || ended || failure != null;
    }

    @Override
    public boolean isReady() {
      lock.lock();
      try {
        return hasNews();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public OptionalLong length() {
      return length;
    }

    @Override
    public Headers trailers() {
      lock.lock();
      try {
        return end == Long.MAX_VALUE ? trailers : Headers.EMPTY;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        readers.remove(this);
        giveBackWhereUnread();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
