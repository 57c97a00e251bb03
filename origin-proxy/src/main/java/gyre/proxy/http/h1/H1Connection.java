package gyre.proxy.http.h1;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontConnection;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies.Arrival;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: what arrives, when more of it is read, and how it closes. Owned by its
 * event loop; its requests are {@link Exchanges}, and {@link H1Reply} writes what comes back.
 */
public final class H1Connection extends ChannelInboundHandlerAdapter implements FrontConnection {
  private static final Logger log = LoggerFactory.getLogger(H1Connection.class);
  private static final RationedLog rationed = new RationedLog(log);

  private final Front front;
  private final Channel channel;
  private final Arrival line;
  private final Incoming incoming;
  private final H1Reply reply;
  private final Watch watch;
  private final Exchanges exchanges;
  private boolean advancing;
  private boolean onceMore;
  private boolean tunnelling;
  private boolean lingering;

  /** {@code line}: what its peer and scheme alone say of who sends its requests. */
  public H1Connection(Front front, Channel channel, Arrival line) {
    this.front = front;
    this.channel = channel;
    this.line = line;
    this.incoming = new Incoming(new RequestParser(line.scheme(), front.limits().bodies().most()));
    this.reply = new H1Reply(front, this, channel);
    this.watch = new Watch(front, channel.eventLoop(), this::expired);
    this.exchanges = new Exchanges(front, this, line, incoming, reply);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    watch.opened();
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (lingering) {
      bytes.release();
    } else {
      incoming.add(context.alloc(), bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    advance();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    reply.wake();
    if (exchanges.isIdle()) {
      advance();
    } else {
      reply.writabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    reply.end();
    watch.end();
    incoming.release();
    exchanges.clientLeft();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      rationed.info("connection of {} closed: {}", peer(), cause.toString());
    }
    Outbound.close(channel);
  }

  /**
   * Works off what has arrived as far as the client takes the answers, then flushes, then asks for
   * more. What a flush sets free, and what is written meanwhile, goes on in the same loop, not
   * deeper in the stack.
   */
  void advance() {
    onceMore = true;
    if (advancing) {
      return;
    }
    advancing = true;
    try {
      while (onceMore) {
        onceMore = false;
        workOff();
        channel.flush();
      }
    } finally {
      advancing = false;
    }
    boolean wantsMore = lingering || (incoming.hasRoom() && exchanges.hasRoom());
    if (channel.isActive() && !tunnelling && wantsMore) {
      channel.read();
    }
  }

  private void workOff() {
    while (!lingering && !tunnelling && exchanges.mayTake()) {
      Parsed parsed = incoming.next();
      if (parsed instanceof Parsed.Incomplete) {
        if (exchanges.isIdle() && !incoming.isEmpty()) {
          watch.headComes();
        }
        break;
      }
      exchanges.take(parsed);
    }
  }

  /** Event loop: nothing more is read until the tunnel stands or has failed. */
  void tunnel(Decision.Tunnel tunnel) {
    tunnelling = true;
    new Tunnel(front, this, channel).open(tunnel);
  }

  /** The other end of the connection. */
  private InetAddress peer() {
    return line.sender().peer();
  }

  /** Any thread: does it on the event loop, then works off what has arrived. */
  void onLoop(Runnable step) {
    channel
        .eventLoop()
        .execute(
            () -> {
              step.run();
              advance();
            });
  }

  /** Event loop. */
  Watch watch() {
    return watch;
  }

  /** Event loop. */
  Exchanges exchanges() {
    return exchanges;
  }

  /** Tells the log why a request is refused. */
  void tell(Refusal refusal) {
    rationed.info("{} for a request from {}: {}", refusal.status(), peer(), refusal.reason());
  }

  /** Event loop: there was a last answer, and nothing that comes is of use. */
  boolean isLingering() {
    return lingering;
  }

  /**
   * Event loop: closes the connection so that the response survives. A client that is still sending
   * is read to its end for a moment (RFC 9112, 9.6).
   */
  void linger(boolean requestEnded) {
    lingering = true;
    incoming.release();
    watch.closes();
    if (requestEnded
        || !(channel instanceof DuplexChannel duplex)
        || line.scheme().equals("https")) {
      Outbound.closeWhenWritten(channel);
    } else {
      Outbound.shutdownOutputWhenWritten(duplex, watch::lingers);
    }
  }

  /** Event loop: an answer broke off. */
  void abort(IOException reason) {
    log.debug("response to {} broke off: {}", peer(), reason.toString());
    Outbound.close(channel);
  }

  private void expired() {
    if (exchanges.isIdle() && watch.isInsideHead()) {
      exchanges.refuse(new Refusal(408, "the head of the request took too long"));
      channel.flush();
    } else {
      Outbound.close(channel);
    }
  }

  /**
   * Event loop: no further request but one that may be on its way; the running one ends first. What
   * is answered from now on says that the connection closes.
   */
  @Override
  public void drain() {
    if (exchanges.isIdle() && !watch.isInsideHead()) {
      watch.lastRequest();
    }
  }

  /**
   * Event loop: the tunnel stands, this handler is out of the way. What it had read is handed on.
   */
  ByteBuf handOver() {
    watch.end();
    exchanges.switched();
    channel.pipeline().remove(this);
    return incoming.handOver();
  }

  /** Event loop: there is no tunnel. */
  void tunnelRefused(Response response) {
    tunnelling = false;
    exchanges.tunnelRefused(response);
  }
}
