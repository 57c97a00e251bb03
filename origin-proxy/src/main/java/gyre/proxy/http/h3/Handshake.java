package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.Front;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection until it is established. It counts as its client's from then on, since anybody can
 * send a first packet in another's name (RFC 9000, 8.1), or at once where a token proved the
 * address. Owned by its event loop.
 */
final class Handshake extends ChannelInboundHandlerAdapter {
  private final Front front;
  private final Newcomers newcomers;
  private final AtomicInteger handshakes;
  private final boolean isValidated;
  private boolean isDone;

  /** {@code handshakes}: those that have begun and not ended. */
  Handshake(Front front, Newcomers newcomers, AtomicInteger handshakes, boolean isValidated) {
    this.front = front;
    this.newcomers = newcomers;
    this.handshakes = handshakes;
    this.isValidated = isValidated;
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
    if (isValidated || newcomers.admission().test(channel, client(channel))) {
      context.fireChannelActive();
      context.pipeline().remove(this);
    } else {
      Ending.close(channel, Http3ErrorCode.H3_EXCESSIVE_LOAD, "too many connections");
    }
  }
}
