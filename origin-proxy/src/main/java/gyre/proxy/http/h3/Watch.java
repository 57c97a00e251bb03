package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.FrontLimits.Times;
import gyre.proxy.transport.Deadline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http3.Http3ErrorCode;
import java.time.Duration;

/**
 * The deadlines of a connection: for its handshake, for the heads of requests, for streams that the
 * client takes nothing of, for a connection without requests. QUIC's own idle timeout ends those
 * whose client is gone; what keeps that one from expiring prolongs none of these. Owned by the
 * event loop.
 */
final class Watch {
  /** How often streams that wait for their answer are asked whether anybody still waits. */
  private static final Duration PROBES = Duration.ofSeconds(2);

  private final H3Connection connection;
  private final Times limits;
  private final Deadline deadline;
  private final long began = System.nanoTime();
  private long due;

  Watch(H3Connection connection, Times limits, EventLoop loop) {
    this.connection = connection;
    this.limits = limits;
    this.deadline = new Deadline(loop, this::look);
  }

  void begin() {
    look(limits.head());
  }

  void end() {
    deadline.end();
  }

  /** There is a stream. */
  void opened() {
    Duration soon = next(true);
    if (due - System.nanoTime() > soon.toNanos()) {
      look(soon);
    }
  }

  private void look(Duration fromNow) {
    due = System.nanoTime() + fromNow.toNanos();
    deadline.set(fromNow);
  }

  private void look() {
    long now = System.nanoTime();
    if (!connection.isEstablished()) {
      connection.close(Http3ErrorCode.H3_NO_ERROR, "handshake too slow");
      return;
    }
    if (connection.hasStreams()) {
      long headSince = now - limits.head().toNanos();
      long progressSince = now - limits.betweenPieces().toNanos();
      connection.streams().forEach(stream -> stream.look(headSince, progressSince));
    } else if (now - Math.max(began, connection.lastClosed()) >= limits.idle().toNanos()) {
      connection.farewell().end();
      return;
    }
    look(next(connection.hasStreams()));
  }

  private Duration next(boolean withStreams) {
    return withStreams
        ? least(PROBES, least(limits.head(), limits.betweenPieces().dividedBy(2)))
        : limits.idle().dividedBy(2);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
