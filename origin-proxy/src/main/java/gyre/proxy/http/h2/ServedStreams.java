package gyre.proxy.http.h2;

import io.netty.handler.codec.http2.DefaultHttp2Connection;

/**
 * The streams of one connection. Those that the client begins before it hears of our last GOAWAY
 * are not served, and nothing that comes on them is an error (RFC 9113, 6.8): Netty would take
 * their DATA and RST_STREAM for frames on idle streams, and end the connection. Owned by the event
 * loop.
 */
final class ServedStreams extends DefaultHttp2Connection {
  ServedStreams() {
    super(true, 0);
  }

  /** Whether this one began behind the last that our GOAWAY names. */
  boolean isTooLate(int id) {
    return goAwaySent() && remote().isValidStreamId(id) && id > remote().lastStreamKnownByPeer();
  }

  @Override
  public boolean streamMayHaveExisted(int id) {
    return super.streamMayHaveExisted(id) || isTooLate(id);
  }
}
