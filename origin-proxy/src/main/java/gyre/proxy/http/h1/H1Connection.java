package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Answering;
import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontConnection;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies.Arrival;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: requests in their order, one at a time (RFC 9112, 9.3.2). Owned by its
 * event loop; {@link H1Reply} writes what comes back.
 */
public final class H1Connection extends ChannelInboundHandlerAdapter
    implements FrontConnection, Exchange.Owner {
  private static final Logger log = LoggerFactory.getLogger(H1Connection.class);
  private static final RationedLog rationed = new RationedLog(log);
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);

  private final Front front;
  private final Channel channel;
  private final Arrival line;
  private final Incoming incoming;
  private final Answering answering;
  private final H1Reply reply;
  private final Watch watch;
  private @Nullable Exchange current;
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
    this.answering = new Answering(front);
    this.reply = new H1Reply(front, this, channel);
    this.watch = new Watch(front, channel.eventLoop(), this::expired);
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
    Exchange exchange = current;
    if (exchange != null) {
      reply.writabilityChanged();
    } else {
      advance();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    reply.end();
    watch.end();
    incoming.release();
    Exchange exchange = current;
    if (exchange != null) {
      exchange.cancel(new IOException("the client has left"));
      ended(exchange);
    }
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
    boolean wantsMore = lingering || (incoming.hasRoom() && hasRoom());
    if (channel.isActive() && !tunnelling && wantsMore) {
      channel.read();
    }
  }

  private void workOff() {
    while (!lingering && !tunnelling && mayParse()) {
      Parsed parsed = incoming.next();
      if (parsed instanceof Parsed.Incomplete) {
        if (current == null && !incoming.isEmpty()) {
          watch.headComes();
        }
        break;
      }
      take(parsed);
    }
  }

  private boolean mayParse() {
    Exchange exchange = current;
    return hasRoom() && (exchange == null || !exchange.hasRequestEnded());
  }

  /** A client that does not read its answers gets no further ones. */
  private boolean hasRoom() {
    Exchange exchange = current;
    return exchange == null ? channel.isWritable() : exchange.hasRoom();
  }

  private void take(Parsed parsed) {
    Exchange exchange = current;
    switch (parsed) {
      case Parsed.Incomplete incomplete -> {}
      case Parsed.Head head -> begin(head.head());
      case Parsed.Content content when exchange != null -> exchange.content(content.bytes());
      case Parsed.Content content -> content.bytes().release();
      case Parsed.End end when exchange != null -> exchange.requestEnded(end.trailers());
      case Parsed.End end -> {}
      case Parsed.Malformed malformed -> refuse(malformed);
    }
  }

  private void begin(RequestHead head) {
    watch.headCame();
    Exchange exchange = new Exchange(head, line, front.terms(), this);
    current = exchange;
    if (head.framing() instanceof Framing.None) {
      take(incoming.next()); // the end, which takes no bytes
    }
    answering.begin(exchange, reply);
  }

  /** Event loop: nothing more is read until the tunnel stands or has failed. */
  void tunnel(Decision.Tunnel tunnel) {
    tunnelling = true;
    new Tunnel(front, this, channel).open(tunnel);
  }

  private void ended(Exchange exchange) {
    answering.ended(exchange, reply.written());
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

  /** Event loop: an answer is written. */
  void answered(Exchange exchange, boolean keepAlive) {
    if (exchange != current || lingering) {
      return;
    }
    exchange.close();
    ended(exchange);
    if (keepAlive && (exchange.hasRequestEnded() || incoming.skipToEnd())) {
      current = null;
      watch.idle();
    } else {
      linger(exchange.hasRequestEnded());
    }
  }

  private void refuse(Parsed.Malformed malformed) {
    Refusal refusal = malformed.refusal();
    rationed.info("{} for a request from {}: {}", refusal.status(), peer(), refusal.reason());
    Exchange exchange = current;
    if (exchange == null) {
      exchange = new Exchange(RequestHead.UNREADABLE, line, front.terms(), this);
      current = exchange;
      reply.now(exchange, refusal.response());
    } else {
      exchange.broke(refusal);
      exchange.requestEnded(Headers.EMPTY);
    }
  }

  /**
   * Closes the connection so that the response survives: a client that is still sending is read to
   * its end for a moment (RFC 9112, 9.6).
   */
  private void linger(boolean requestEnded) {
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
    if (current == null && watch.isInsideHead()) {
      refuse(new Parsed.Malformed(408, "the head of the request took too long"));
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
    if (current == null && !watch.isInsideHead()) {
      watch.lastRequest();
    }
  }

  /**
   * Event loop: the tunnel stands, this handler is out of the way. What it had read is handed on.
   */
  ByteBuf handOver() {
    watch.end();
    Exchange exchange = current;
    if (exchange != null) {
      exchange.responded(new Response(101, Headers.EMPTY, Body.EMPTY));
      ended(exchange);
    }
    channel.pipeline().remove(this);
    return incoming.handOver();
  }

  /** Event loop: there is no tunnel. */
  void tunnelRefused(Response response) {
    tunnelling = false;
    Exchange exchange = current;
    if (exchange != null) {
      reply.now(exchange, response);
      advance();
    }
  }

  @Override
  public void bodyHasRoom(Exchange exchange, boolean isAwaited) {
    onLoop(
        () -> {
          if (exchange == current) {
            exchange.roomAgain(isAwaited);
            if (isAwaited) {
              sayContinue(exchange);
            }
          }
        });
  }

  @Override
  public void interim(Exchange exchange, int status, Headers headers) {
    onLoop(
        () -> {
          if (exchange == current) {
            reply.interim(exchange, status, headers);
          }
        });
  }

  private void sayContinue(Exchange exchange) {
    if (exchange.takeContinue()) {
      Outbound.write(channel, Unpooled.wrappedBuffer(CONTINUE));
    }
  }
}
