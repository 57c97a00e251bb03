package gyre.proxy.http.exchange;

import gyre.proxy.message.Headers;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Between the virtual thread that pulls a response's body, or a server's channel on the same event
 * loop, and the event loop that sends it as the client's windows admit: at most {@link #CAPACITY}
 * bytes and one piece more.
 */
public final class Outbox {
  private static final int CAPACITY = 64 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);
  private int queued;
  private boolean ended;
  private boolean closed;
  private boolean isComplete;
  private Runnable roomAgain = () -> {};
  private Headers trailers = Headers.EMPTY;

  /**
   * Virtual thread: takes the piece over and waits for room. An IOException says that the stream is
   * closed, or took nothing for {@code patience}.
   */
  void put(ByteBuf piece, Runnable filled, Duration patience) throws IOException {
    int size = piece.readableBytes();
    lock.lock();
    try {
      if (closed) {
        piece.release();
        checkComplete();
        return;
      }
      pieces.add(piece);
      queued += size;
    } finally {
      lock.unlock();
    }
    filled.run();
    awaitRoom(patience);
  }

  /**
   * Event loop: takes the piece over. False: no more until {@code hasRoom} is called, on the event
   * loop as well.
   */
  public boolean offer(ByteBuf piece, Runnable hasRoom) {
    lock.lock();
    try {
      if (closed) {
        piece.release();
        return true;
      }
      pieces.add(piece);
      queued += piece.readableBytes();
      boolean isFull = queued >= CAPACITY;
      roomAgain = isFull ? hasRoom : () -> {};
      return !isFull;
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom(Duration patience) throws IOException {
    long left = patience.toNanos();
    lock.lock();
    try {
      int before = queued;
      while (queued >= CAPACITY && !closed) {
        if (queued < before) {
          before = queued;
          left = patience.toNanos();
        }
        if (left <= 0) {
          throw new IOException("it took no more bytes for " + patience.toMillis() + " ms");
        }
        left = changed.awaitNanos(left);
      }
      checkComplete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while sending");
    } finally {
      lock.unlock();
    }
  }

  private void checkComplete() throws IOException {
    if (closed && !isComplete) {
      throw new IOException("the stream was closed");
    }
  }

  /** That was all. */
  public void end(Headers behind) {
    lock.lock();
    try {
      ended = true;
      trailers = behind;
    } finally {
      lock.unlock();
    }
  }

  /** Event loop: the next piece, the caller's from now on. */
  public @Nullable ByteBuf poll() {
    ByteBuf piece;
    Runnable tell = () -> {};
    lock.lock();
    try {
      piece = pieces.poll();
      if (piece != null) {
        queued -= piece.readableBytes();
        changed.signal();
      }
      if (queued < CAPACITY) {
        tell = roomAgain;
        roomAgain = () -> {};
      }
    } finally {
      lock.unlock();
    }
    tell.run();
    return piece;
  }

  /** Whether nothing is queued and nothing more comes. */
  public boolean isDrained() {
    lock.lock();
    try {
      return ended && pieces.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** What came behind the body, once it is drained. */
  public Headers trailers() {
    lock.lock();
    try {
      return trailers;
    } finally {
      lock.unlock();
    }
  }

  /** Event loop: nobody sends it any more; {@code complete}: because everything was sent. */
  public void close(boolean complete) {
    lock.lock();
    try {
      closed = true;
      isComplete = complete;
      pieces.forEach(ByteBuf::release);
      pieces.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
