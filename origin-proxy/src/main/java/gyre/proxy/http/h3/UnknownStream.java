package gyre.proxy.http.h3;

import gyre.proxy.transport.Outbound;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.ReferenceCountUtil;

/** A stream whose type nobody here knows: not read (RFC 9114, 6.2.3), but counted. Event loop. */
final class UnknownStream extends ChannelInboundHandlerAdapter {
  private final H3Connection connection;

  UnknownStream(H3Connection connection) {
    this.connection = connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    connection.controlFrame();
    Ending.stopReading(
        (QuicStreamChannel) context.channel(), Http3ErrorCode.H3_STREAM_CREATION_ERROR);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Outbound.close(context);
  }
}
