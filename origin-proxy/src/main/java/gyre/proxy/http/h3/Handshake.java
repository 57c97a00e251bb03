package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.Front;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicPathEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * How a connection comes about. It counts as its client's from its handshake on, since anybody can
 * send a first packet in another's name (RFC 9000, 8.1), or at once where a token proved the
 * address. Owned by its event loop.
 */
final class Handshake extends ChannelInboundHandlerAdapter {
  private final Front front;
  private final Newcomers newcomers;
  private final AtomicInteger handshakes;
  private final boolean isValidated;
  private final BiConsumer<InetAddress, Channel> proved;
  private boolean isDone;

  /**
   * {@code handshakes}: those that have begun and not ended; {@code proved} is told an address that
   * is the client's for certain.
   */
  Handshake(
      Front front,
      Newcomers newcomers,
      AtomicInteger handshakes,
      boolean isValidated,
      BiConsumer<InetAddress, Channel> proved) {
    this.front = front;
    this.newcomers = newcomers;
    this.handshakes = handshakes;
    this.isValidated = isValidated;
    this.proved = proved;
  }

  /** {@code most}: handshakes at the same time. */
  void begin(QuicChannel channel, int most) {
    InetAddress client = client(channel);
    boolean isTooMany = handshakes.incrementAndGet() > most;
    channel.closeFuture().addListener(closed -> done());
    if (front.draining().get()
        || isTooMany
        || (isValidated && !newcomers.admission().test(channel, client))) {
      Ending.close(channel, Http3ErrorCode.H3_REQUEST_REJECTED, "not now");
      return;
    }
    if (isValidated) {
      proved.accept(client, channel);
    }
    channel.pipeline().addLast(newcomers.tally()).addLast(this);
    new H3Connection(front, channel, client).begin();
  }

  private static InetAddress client(QuicChannel channel) {
    return channel.remoteSocketAddress() instanceof InetSocketAddress address
        ? address.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  private void done() {
    if (!isDone) {
      isDone = true;
      handshakes.decrementAndGet();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    done();
    QuicChannel channel = (QuicChannel) context.channel();
    if (!isValidated) {
      proved.accept(client(channel), channel);
    }
    if (isValidated || newcomers.admission().test(channel, client(channel))) {
      context.fireChannelActive();
    } else {
      Ending.close(channel, Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many connections");
    }
  }

  /** A path that the client proved to be its own (RFC 9000, 9.3). */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof QuicPathEvent.PeerMigrated moved) {
      proved.accept(moved.remote().getAddress(), (QuicChannel) context.channel());
    }
    context.fireUserEventTriggered(event);
  }
}
