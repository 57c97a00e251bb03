package gyre.proxy.http.h3;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * The frames of the client's control stream: Netty checks them, here they are counted. It comes
 * behind {@link StreamFaults}, so faults end here.
 */
final class ControlFrames extends ChannelInboundHandlerAdapter {
  private final H3Connection connection;

  ControlFrames(H3Connection connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    ReferenceCountUtil.release(frame);
    connection.controlFrame();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.failed(cause);
  }
}
