package gyre.proxy.http.tunnel;

import gyre.proxy.transport.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;

/**
 * One direction of a tunnel: what this channel reads goes to the other one, and is read on only
 * while the other takes it.
 */
public final class Relay extends ChannelInboundHandlerAdapter {
  private final Channel other;

  public Relay(Channel other) {
    this.other = other;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    Outbound.write(other, bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    other.flush();
    if (other.isWritable()) {
      context.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      other.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Outbound.closeWhenWritten(other);
  }

  /** Nothing for too long. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      Outbound.close(context);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Outbound.close(context);
  }
}
