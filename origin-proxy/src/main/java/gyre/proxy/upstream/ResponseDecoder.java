package gyre.proxy.upstream;

import gyre.proxy.transport.Outbound;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.util.ReferenceCountUtil;

/**
 * Reads the responses of a connection that carries one request at a time. Bytes for which nobody
 * asked end the connection: they could be taken for the answer to the next request. Owned by the
 * event loop.
 */
final class ResponseDecoder extends HttpResponseDecoder implements ResponseInput {
  private static final int HEAD = 64 << 10;

  /** Of content at once: as much as a socket is read at once. */
  private static final int PIECE = 64 << 10;

  private boolean isExpecting;
  private boolean toHead;
  private boolean hasBegun;

  ResponseDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(4 << 10)
            .setMaxHeaderSize(HEAD)
            .setMaxChunkSize(PIECE));
  }

  @Override
  public void expect(String method) {
    isExpecting = true;
    toHead = method.equals("HEAD");
    hasBegun = false;
  }

  /** HTTP/1.1 has no words for it. */
  @Override
  public boolean wasRefused() {
    return false;
  }

  /** Not where there are bytes behind the response. */
  @Override
  public boolean endsCleanly() {
    isExpecting = false;
    return actualReadableBytes() == 0;
  }

  @Override
  public boolean hasBegun() {
    return hasBegun;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
    if (isExpecting) {
      hasBegun = true;
      super.channelRead(context, bytes);
    } else {
      ReferenceCountUtil.release(bytes);
      Outbound.close(context);
    }
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    boolean isFinal = ((HttpResponse) message).status().code() >= 200;
    return (isFinal && toHead) || super.isContentAlwaysEmpty(message);
  }
}
