package gyre.proxy.http;

import gyre.operations.address.IpLiteral;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.log.RationedLog;
import gyre.proxy.transport.Outbound;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.LoggerFactory;

/**
 * Waits for the header of the PROXY protocol (versions 1 and 2, HAProxy's specification) before
 * anything else of a connection is read. Only trusted proxies may connect; a header that is
 * malformed, too long or late closes the connection, with one line in the log. Owned by its event
 * loop.
 */
final class ProxyProtocol extends ChannelInboundHandlerAdapter {
  private static final RationedLog log =
      new RationedLog(LoggerFactory.getLogger(ProxyProtocol.class));

  /** Bytes of TLVs, which nobody here reads. */
  private static final int LARGEST_TLVS = 4 << 10;

  private final Front front;
  private final InetAddress peer;
  private final BiConsumer<Channel, InetAddress> onward;
  private boolean isDone;

  private ProxyProtocol(Front front, InetAddress peer, BiConsumer<Channel, InetAddress> onward) {
    this.front = front;
    this.peer = peer;
    this.onward = onward;
  }

  /** {@code onward} adds the handlers of a connection whose client has this address. */
  static void await(
      Front front, Channel channel, InetAddress peer, BiConsumer<Channel, InetAddress> onward) {
    channel
        .pipeline()
        .addLast(new HAProxyMessageDecoder(LARGEST_TLVS, true))
        .addLast(new ProxyProtocol(front, peer, onward));
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (!front.terms().trustedProxies().addresses().contains(peer)) {
      refuse(context, "it is none of trusted-proxies");
      return;
    }
    var _ =
        context
            .executor()
            .schedule(
                () -> refuse(context, "no header in time"),
                front.limits().times().head().toMillis(),
                TimeUnit.MILLISECONDS);
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    HAProxyMessage header = (HAProxyMessage) message;
    InetAddress client = client(header);
    header.release();
    isDone = true;
    onward.accept(context.channel(), client);
    context.fireChannelActive();
    context.pipeline().remove(this);
  }

  /** LOCAL is the proxy's own connection, a health check; so is a family that is not IP. */
  private InetAddress client(HAProxyMessage header) {
    String source = header.sourceAddress();
    return header.command() == HAProxyCommand.LOCAL || source == null
        ? peer
        : IpLiteral.parse(source).orElse(peer);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.fireChannelReadComplete();
    if (!isDone && context.channel().isActive()) {
      context.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    isDone = true;
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    refuse(context, String.valueOf(cause.getMessage()));
  }

  private void refuse(ChannelHandlerContext context, String reason) {
    if (!isDone) {
      isDone = true;
      log.info("connection of {} closed before its PROXY header: {}", peer, reason);
      Outbound.close(context);
    }
  }
}
