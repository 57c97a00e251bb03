package gyre.proxy.http.h2;

import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static java.util.concurrent.TimeUnit.SECONDS;

import gyre.proxy.transport.Outbound;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a connection ends (RFC 9113, 6.8): it is announced, what the client began until it heard of
 * it is served, and the last bytes get a moment to be read. Owned by the event loop.
 */
final class Farewell {
  private static final Logger log = LoggerFactory.getLogger(Farewell.class);

  /** Of a GOAWAY that only announces the end. */
  private static final int NO_STREAM_YET = Integer.MAX_VALUE;

  private static final long PING = 0x67797265L;

  /** After which a client that does not answer the ping counts as having heard. */
  private static final long PING_SECONDS = 1;

  private final H2Connection connection;
  private final Http2Connection state;
  private final Http2ConnectionEncoder encoder;
  private final Watch watch;
  private boolean announced;
  private boolean ending;
  private boolean lingering;

  Farewell(H2Connection connection, Codec codec, Watch watch) {
    this.connection = connection;
    this.state = codec.connection();
    this.encoder = codec.encoder();
    this.watch = watch;
  }

  /** Says that the end is near; a ping finds out when the client has heard. */
  void announce() {
    if (!announced) {
      announced = true;
      ChannelHandlerContext context = connection.context();
      say(NO_STREAM_YET, NO_ERROR);
      var _ = encoder.writePing(context, false, PING, context.newPromise());
      context.flush();
      var _ = context.executor().schedule(() -> pingAnswered(PING), PING_SECONDS, SECONDS);
    }
  }

  void pingAnswered(long data) {
    if (announced && data == PING) {
      end();
    }
  }

  /** No further stream is served. */
  void end() {
    if (!ending) {
      ending = true;
      say(state.remote().lastStreamCreated(), NO_ERROR);
      connection.work();
    }
  }

  /** The connection cannot go on. */
  void endWith(Http2Error code) {
    ending = true;
    say(state.remote().lastStreamCreated(), code);
    linger();
  }

  /** Streams may have ended. */
  void lookAround() {
    if (ending && state.numActiveStreams() == 0) {
      linger();
    }
  }

  /** Netty's own way closes at once where there is an error, and the frame is lost. */
  private void say(int last, Http2Error code) {
    try {
      state.goAwaySent(last, code.code(), Unpooled.EMPTY_BUFFER);
    } catch (Http2Exception e) {
      log.debug("a second GOAWAY: {}", e.toString());
    }
    ChannelHandlerContext context = connection.context();
    var _ =
        encoder
            .frameWriter()
            .writeGoAway(context, last, code.code(), Unpooled.EMPTY_BUFFER, context.newPromise());
  }

  /**
   * Closes once everything is written, and once the client has closed too or a moment has passed:
   * closing on bytes that nobody read would take the last answers with it.
   */
  private void linger() {
    if (!lingering) {
      lingering = true;
      watch.linger();
      if (connection.channel() instanceof DuplexChannel duplex
          && duplex.pipeline().get(SslHandler.class) == null) {
        Outbound.shutdownOutputWhenWritten(duplex, () -> {});
      }
    }
  }
}
