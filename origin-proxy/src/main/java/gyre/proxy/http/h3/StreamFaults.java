package gyre.proxy.http.h3;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Faults of a stream that no handler before this one took: they are its connection's. */
@Sharable
final class StreamFaults extends ChannelInboundHandlerAdapter {
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    H3Connection connection = context.channel().parent().pipeline().get(H3Connection.class);
    if (connection != null) {
      connection.failed(cause);
    }
  }
}
