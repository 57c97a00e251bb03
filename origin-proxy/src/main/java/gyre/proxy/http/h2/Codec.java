package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.FrontLimits;
import gyre.wire.Limits;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** Netty's parts of one connection, put together with our own limits. */
record Codec(
    Http2Connection connection,
    GuardedReader reader,
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    SendWindows windows,
    ResponseFrames frames) {

  /** Requests that a client may have open at the same time. */
  static final int STREAMS = 128;

  /** How many streams' request bodies may wait in full. */
  private static final int FULL_BODIES = 4;

  /** What a field counts beside its bytes (RFC 9113, 6.5.2). */
  private static final int FIELD = 32;

  private static final int HEADER_LIST =
      Limits.HEADERS_TOTAL + Limits.METHOD + Limits.TARGET + FIELD * Limits.HEADERS;

  static Codec of(FloodGuard guard, RecentResets resets) {
    ServedStreams connection = new ServedStreams();
    connection.remote().maxActiveStreams(STREAMS);
    SendWindows windows = new SendWindows(connection);
    connection.remote().flowController(windows);
    DefaultHttp2LocalFlowController receiving = new DefaultHttp2LocalFlowController(connection);
    connection.local().flowController(receiving);
    GuardedReader reader = new GuardedReader(connection, new SectionDecoder(), guard, resets);
    DefaultHttp2HeadersEncoder headers =
        new DefaultHttp2HeadersEncoder(ResponseFrames.UNINDEXED, true);
    DefaultHttp2FrameWriter writer = new DefaultHttp2FrameWriter(headers);
    Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
    return new Codec(
        connection,
        reader,
        new DefaultHttp2ConnectionDecoder(connection, encoder, reader),
        encoder,
        windows,
        new ResponseFrames(headers, writer));
  }

  static Http2Settings settings(FrontLimits limits) {
    return new Http2Settings()
        .maxConcurrentStreams(STREAMS)
        .connectProtocolEnabled(true)
        .initialWindowSize(limits.bodies().queued())
        .maxHeaderListSize(HEADER_LIST);
  }

  /** The connection's window for request bodies, once the settings are written. */
  void widen(FrontLimits limits) throws Http2Exception {
    var receiving = connection.local().flowController();
    int wanted = FULL_BODIES * limits.bodies().queued();
    int now = receiving.windowSize(connection.connectionStream());
    if (wanted > now) {
      receiving.incrementWindowSize(connection.connectionStream(), wanted - now);
    }
  }

  /** Field sections as we check them ourselves. */
  private static final class SectionDecoder extends DefaultHttp2HeadersDecoder {
    SectionDecoder() {
      super(false, HEADER_LIST);
    }

    @Override
    protected Http2Headers newHeaders() {
      return new SectionHeaders();
    }
  }
}
