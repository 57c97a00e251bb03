package gyre.proxy.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * The frames of one HTTP/2 stream on their way in: headers and data pass, others concern nobody. A
 * stream carries one request (RFC 9113, 5.1). Owned by the event loop.
 */
final class StreamInput extends ChannelInboundHandlerAdapter implements ResponseInput {
  private boolean hasBegun;

  @Override
  public void expect(String method) {
    hasBegun = false;
  }

  @Override
  public boolean hasBegun() {
    return hasBegun;
  }

  @Override
  public boolean endsCleanly() {
    return false;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    if (frame instanceof Http2HeadersFrame || frame instanceof Http2DataFrame) {
      hasBegun = true;
      context.fireChannelRead(frame);
    } else {
      ReferenceCountUtil.release(frame);
    }
  }
}
