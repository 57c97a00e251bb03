package gyre.proxy.http.h3;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.QuicStreamChannel;

/**
 * Puts a reader into each request stream, where it itself stands: behind Netty's codec and before
 * {@link StreamFaults}. Owned by the event loop.
 */
@Sharable
final class Requests extends ChannelHandlerAdapter {
  private final H3Connection connection;

  Requests(H3Connection connection) {
    this.connection = connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    QuicStreamChannel stream = (QuicStreamChannel) context.channel();
    context.pipeline().replace(this, null, new RequestReader(connection, stream));
  }
}
