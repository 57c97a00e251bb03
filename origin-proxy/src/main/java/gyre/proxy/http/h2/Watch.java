package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.transport.Deadline;
import io.netty.channel.EventLoop;
import java.time.Duration;

/**
 * The deadlines of a connection: for its preface, for a frame that has begun, for streams that the
 * client takes nothing of, for a connection without streams. Control frames prolong none of them.
 * Owned by the event loop.
 */
final class Watch {
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final H2Connection connection;
  private final FrontLimits.Times times;
  private final Deadline deadline;
  private final long began = System.nanoTime();
  private boolean isLingering;
  private boolean insideFrame;
  private long frameBegan;
  private boolean isWritable = true;
  private long unwritableSince;

  Watch(H2Connection connection, FrontLimits.Times times, EventLoop loop) {
    this.connection = connection;
    this.times = times;
    this.deadline = new Deadline(loop, this::look);
  }

  void begin() {
    deadline.set(times.head());
  }

  void end() {
    deadline.end();
  }

  /** The client is given a moment to read the last bytes. */
  void linger() {
    isLingering = true;
    deadline.set(LINGER);
  }

  /** Bytes have come, and were or were not enough for a frame. */
  void bytesCame(boolean wholeFrames) {
    if (wholeFrames) {
      insideFrame = false;
    } else if (!insideFrame && !isLingering) {
      insideFrame = true;
      frameBegan = System.nanoTime();
      deadline.set(times.head());
    }
  }

  void writabilityChanged(boolean writable) {
    if (isWritable && !writable) {
      unwritableSince = System.nanoTime();
    }
    isWritable = writable;
  }

  private void look() {
    if (isLingering) {
      connection.close();
      return;
    }
    long now = System.nanoTime();
    if (!isWritable && isPast(unwritableSince, times.betweenPieces(), now)) {
      connection.giveUp("it takes nothing");
    } else if (!connection.hasPreface() && isPast(began, times.head(), now)) {
      connection.giveUp("no preface");
    } else if (insideFrame && isPast(frameBegan, patienceForFrame(), now)) {
      connection.giveUp("a frame that took too long");
    } else if (connection.streams().isEmpty()
        && isPast(Math.max(began, connection.streams().lastClosed()), times.idle(), now)) {
      connection.farewell().end();
    } else {
      connection.streams().resetStalled(now - times.betweenPieces().toNanos());
      deadline.set(next());
    }
  }

  private Duration patienceForFrame() {
    return connection.streams().isEmpty() ? times.head() : times.betweenPieces();
  }

  private Duration next() {
    Duration usual = connection.streams().isEmpty() ? times.idle() : times.betweenPieces();
    Duration half = usual.dividedBy(2);
    return insideFrame && times.head().compareTo(half) < 0 ? times.head() : half;
  }

  private static boolean isPast(long since, Duration patience, long now) {
    return now - since >= patience.toNanos();
  }
}
