package gyre.proxy.message;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A body that an event loop fills and a virtual thread pulls: the bounded queue between the two.
 *
 * <p>{@link #offer}, {@link #end} and {@link #fail} never block. The producer stops reading its
 * socket while {@code offer} says false; the {@link Feed} tells it when to go on. A consumer waits
 * at most {@code patience} for the next piece.
 */
public final class QueuedBody implements Body {

  /** The producer's side. Both calls come from the consumer's thread and return at once. */
  public interface Feed {
    /** There is room again, or the consumer waits. */
    void wanted();

    /** The consumer gave up what was not read. */
    void abandoned();
  }

  /** What a piece takes beside its bytes, so that many small ones count as what they are. */
  private static final int OVERHEAD = 256;

  private record Piece(ByteBuffer bytes, Runnable release, int cost) {}

  private final OptionalLong length;
  private final int capacity;
  private final Duration patience;
  private final Feed feed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  private int queued;
  private boolean full;
  private boolean ended;
  private boolean closed;
  private Headers trailers = Headers.EMPTY;
  private @Nullable IOException failure;
  private @Nullable Piece lent;
  private volatile Runnable listener = () -> {};

  /** {@code capacity} in bytes of memory: one piece may reach beyond it. */
  public QueuedBody(OptionalLong length, int capacity, Duration patience, Feed feed) {
    this.length = length;
    this.capacity = capacity;
    this.patience = patience;
    this.feed = feed;
  }

  /**
   * Takes a piece over; {@code release} runs once its bytes are no longer used. False: supply no
   * more until {@link Feed#wanted}.
   */
  public boolean offer(ByteBuffer bytes, Runnable release) {
    boolean taken = false;
    boolean hasRoom = true;
    lock.lock();
    try {
      if (!closed && bytes.hasRemaining()) {
        Piece piece = new Piece(bytes, release, OVERHEAD + bytes.remaining());
        pieces.add(piece);
        queued += piece.cost();
        full = queued >= capacity;
        changed.signal();
        taken = true;
        hasRoom = !full;
      }
    } finally {
      lock.unlock();
    }
    (taken ? listener : release).run();
    return hasRoom;
  }

  public void end() {
    end(Headers.EMPTY);
  }

  /** With the fields that came behind the last piece. */
  public void end(Headers behind) {
    lock.lock();
    try {
      ended = true;
      trailers = behind;
      changed.signal();
    } finally {
      lock.unlock();
    }
    listener.run();
  }

  /** The consumer gets what is queued, then this failure. */
  public void fail(IOException reason) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = reason;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
    listener.run();
  }

  /** Whether everything has arrived; the consumer may not have read it yet. */
  public boolean isComplete() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    giveBack();
    if (isWaiting()) {
      feed.wanted();
    }
    Optional<ByteBuffer> piece = take();
    if (roomAgain()) {
      feed.wanted();
    }
    return piece;
  }

  private Optional<ByteBuffer> take() throws IOException {
    lock.lock();
    try {
      awaitPiece();
      Piece piece = pieces.poll();
      if (piece != null) {
        queued -= piece.cost();
        lent = piece;
        return Optional.of(piece.bytes());
      }
      if (failure != null) {
        throw failure;
      }
      if (closed) {
        throw new IOException("the body was closed before its end");
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean isWaiting() {
    lock.lock();
    try {
      return !ended && pieces.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private boolean roomAgain() {
    lock.lock();
    try {
      boolean room = !ended && full && queued <= capacity / 2;
      if (room) {
        full = false;
      }
      return room;
    } finally {
      lock.unlock();
    }
  }

  private void awaitPiece() throws IOException {
    long left = patience.toNanos();
    while (pieces.isEmpty() && !ended && failure == null && !closed) {
      if (left <= 0) {
        throw new IOException("nothing arrived for " + patience.toMillis() + " ms");
      }
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for a body");
      }
    }
  }

  private void giveBack() {
    Piece done = lent;
    lent = null;
    if (done != null) {
      done.release().run();
    }
  }

  @Override
  public boolean isReady() {
    lock.lock();
    try {
      return !pieces.isEmpty() || ended || failure != null || closed;
    } finally {
      lock.unlock();
    }
  }

  /** Before or between pieces; what has come already is not announced. */
  @Override
  public boolean announce(Runnable onReady) {
    listener = onReady;
    return true;
  }

  @Override
  public OptionalLong length() {
    return length;
  }

  @Override
  public Headers trailers() {
    lock.lock();
    try {
      return trailers;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    giveBack();
    List<Piece> unread;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      unread = List.copyOf(pieces);
      pieces.clear();
      changed.signal();
    } finally {
      lock.unlock();
    }
    unread.forEach(piece -> piece.release().run());
    feed.abandoned();
  }
}
