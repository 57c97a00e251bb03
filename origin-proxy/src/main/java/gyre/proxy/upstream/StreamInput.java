package gyre.proxy.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * The frames of one HTTP/2 stream on their way in: headers and data pass, others concern nobody. A
 * stream carries one request (RFC 9113, 5.1). Owned by the event loop.
 */
final class StreamInput extends ChannelInboundHandlerAdapter implements ResponseInput {
  private final Http2StreamChannel stream;
  private boolean hasBegun;
  private boolean wasRefused;

  StreamInput(Http2StreamChannel stream) {
    this.stream = stream;
  }

  @Override
  public void expect(String method) {
    hasBegun = false;
  }

  @Override
  public boolean hasBegun() {
    return hasBegun;
  }

  /** Also where the request never left: a stream gets its id with its first frame. */
  @Override
  public boolean wasRefused() {
    return wasRefused || !Http2CodecUtil.isStreamIdValid(stream.stream().id());
  }

  /** The connection did not take the first frame. */
  void refused() {
    wasRefused = true;
  }

  /** A GOAWAY comes here where its last stream is one before this (RFC 9113, 6.8). */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    switch (event) {
      case Http2GoAwayFrame goodbye -> wasRefused = true;
      case Http2ResetFrame reset when reset.errorCode() == Http2Error.REFUSED_STREAM.code() ->
          wasRefused = true;
      default -> {}
    }
    context.fireUserEventTriggered(event);
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
