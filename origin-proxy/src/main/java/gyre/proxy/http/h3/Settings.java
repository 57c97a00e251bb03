package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.FrontLimits;
import gyre.wire.Limits;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http3.DefaultHttp3SettingsFrame;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.http3.Http3Settings;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import java.util.concurrent.TimeUnit;

/** What a client is told it may do, in QUIC and in HTTP/3. */
final class Settings {
  /** Requests that a client may have open at the same time. */
  static final int STREAMS = 128;

  /** Its control stream and QPACK's two, and a few whose types nobody here knows. */
  private static final int UNIDIRECTIONAL_STREAMS = 8;

  private static final int UNIDIRECTIONAL_WINDOW = 8 << 10;

  /** How many streams' request bodies may wait in full. */
  private static final int FULL_BODIES = 4;

  /** Field sections beyond what a request may have get a status, those beyond this end it all. */
  static final int FIELD_SECTION = 2 * Limits.HEADERS_TOTAL;

  /** Of a frame whose type is reserved for nothing (RFC 9114, 7.2.8). */
  private static final int LARGEST_GREASE = 1 << 10;

  private Settings() {}

  /**
   * Active migration stays off: limits are counted by address. A connection that is idle is ended
   * politely before QUIC drops it.
   */
  static QuicServerCodecBuilder transport(FrontLimits limits) {
    return new QuicServerCodecBuilder()
        .maxIdleTimeout(2 * limits.times().idle().toMillis(), TimeUnit.MILLISECONDS)
        .initialMaxData((long) FULL_BODIES * limits.bodies().queued())
        .initialMaxStreamDataBidirectionalRemote(limits.bodies().queued())
        .initialMaxStreamDataUnidirectional(UNIDIRECTIONAL_WINDOW)
        .initialMaxStreamsBidirectional(STREAMS)
        .initialMaxStreamsUnidirectional(UNIDIRECTIONAL_STREAMS)
        .activeMigration(false);
  }

  /** QPACK has no dynamic table in either direction: nothing to attack, no stream ever waits. */
  static Http3ServerConnectionHandler protocol(H3Connection connection, ChannelHandler requests) {
    return new Http3ServerConnectionHandler(
        requests,
        new ControlFrames(connection),
        type -> new UnknownStream(connection),
        new DefaultHttp3SettingsFrame(
            new Http3Settings()
                .qpackMaxTableCapacity(0)
                .qpackBlockedStreams(0)
                .maxFieldSectionSize(FIELD_SECTION)),
        true,
        null,
        null,
        LARGEST_GREASE);
  }
}
