package gyre.proxy.http.h3;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import gyre.proxy.transport.Outbound;
import io.netty.handler.codec.http3.DefaultHttp3GoAwayFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * How a connection ends (RFC 9114, 5.2): it is announced, what the client began until it heard of
 * it is served, and the last bytes get a moment to arrive. Owned by the event loop.
 */
final class Farewell {
  /** Of a GOAWAY that only announces the end: the largest identifier of a client's stream. */
  private static final long NO_STREAM_YET = (1L << 62) - 4;

  private static final int STEP = 4;

  /** After which a client counts as having heard. */
  private static final long HEARD_MILLIS = 500;

  /** How long lost packets of the last answers may be sent again; clients close before. */
  private static final long LINGER_MILLIS = 3_000;

  private final H3Connection connection;
  private final QuicChannel channel;
  private long next;
  private long firstUnserved = NO_STREAM_YET;
  private boolean announced;
  private boolean ending;
  private boolean lingering;

  Farewell(H3Connection connection, QuicChannel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  void opened(long id) {
    next = Math.max(next, id + STEP);
  }

  boolean isServed(long id) {
    return id < firstUnserved;
  }

  /** Says that the end is near. */
  void announce() {
    if (!announced) {
      announced = true;
      say(NO_STREAM_YET);
      var _ = channel.eventLoop().schedule(this::end, HEARD_MILLIS, MILLISECONDS);
    }
  }

  /** No further stream is served. */
  void end() {
    if (!ending) {
      ending = true;
      firstUnserved = next;
      say(next);
      lookAround();
    }
  }

  /** Streams may have ended. */
  void lookAround() {
    if (ending && !lingering && !connection.hasStreams()) {
      lingering = true;
      var _ =
          channel
              .eventLoop()
              .schedule(
                  () -> connection.close(Http3ErrorCode.H3_NO_ERROR, ""),
                  LINGER_MILLIS,
                  MILLISECONDS);
    }
  }

  private void say(long firstUnservedStream) {
    QuicStreamChannel control = Http3.getLocalControlStream(channel);
    if (control != null) {
      Outbound.writeAndFlush(control, new DefaultHttp3GoAwayFrame(firstUnservedStream));
    }
  }
}
