package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.proxy.fetch.Decision;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.WriteGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: requests in their order, one at a time (RFC 9112, 9.3.2). Owned by its
 * event loop; only {@link #serve} runs on a virtual thread.
 */
final class FrontConnection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(FrontConnection.class);
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
  private static final int READ_AHEAD = 64 << 10;
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Front front;
  private final Channel channel;
  private final String scheme;
  private final RequestParser parser;
  private final WriteGate gate = new WriteGate();
  private final ResponseWriter writer;
  private final Deadline deadline;
  private ByteBuf received = Unpooled.EMPTY_BUFFER;
  private @Nullable Exchange current;
  private boolean headBegun;
  private boolean tunnelling;
  private boolean lingering;

  FrontConnection(Front front, Channel channel, String scheme) {
    this.front = front;
    this.channel = channel;
    this.scheme = scheme;
    this.parser = new RequestParser(scheme);
    this.writer = new ResponseWriter(channel, front.date(), front.limits(), gate);
    this.deadline = new Deadline(channel.eventLoop(), this::expired);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline.set(front.limits().head());
    context.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (lingering) {
      bytes.release();
    } else {
      received = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), received, bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    advance();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    gate.wake();
    Exchange exchange = current;
    if (exchange == null || !channel.isWritable() || !writer.isFlowing()) {
      return;
    }
    try {
      if (writer.goOn()) {
        responseDone(exchange, exchange.head().keepsAlive());
        advance();
      } else {
        deadline.set(front.limits().betweenPieces());
        channel.flush();
      }
    } catch (IOException e) {
      abort(e);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    gate.wake();
    deadline.end();
    writer.stop();
    received.release();
    received = Unpooled.EMPTY_BUFFER;
    Exchange exchange = current;
    if (exchange != null) {
      exchange.cancel(new IOException("the client has left"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.info("connection of {} closed: {}", client(), cause.toString());
    }
    Outbound.close(channel);
  }

  /** Works off what has arrived as far as possible, then flushes, then asks for more. */
  private void advance() {
    while (!lingering && !tunnelling && mayParse()) {
      Parsed parsed = parser.next(received);
      if (parsed instanceof Parsed.Incomplete) {
        watchHead();
        break;
      }
      take(parsed);
    }
    channel.flush();
    boolean wantsMore = lingering || (received.readableBytes() < READ_AHEAD && hasRoom());
    if (channel.isActive() && !tunnelling && wantsMore) {
      channel.read();
    }
  }

  private boolean mayParse() {
    Exchange exchange = current;
    return exchange == null || (!exchange.hasRequestEnded() && exchange.hasRoom());
  }

  private boolean hasRoom() {
    Exchange exchange = current;
    return exchange == null || exchange.hasRoom();
  }

  /** A head that has begun must be whole in time, however its bytes trickle. */
  private void watchHead() {
    if (current == null && !headBegun && received.isReadable()) {
      headBegun = true;
      deadline.set(front.limits().head());
    }
  }

  private void take(Parsed parsed) {
    Exchange exchange = current;
    switch (parsed) {
      case Parsed.Incomplete incomplete -> {}
      case Parsed.Head head -> begin(head.head());
      case Parsed.Content content when exchange != null -> exchange.content(content.bytes());
      case Parsed.Content content -> content.bytes().release();
      case Parsed.End end when exchange != null -> exchange.requestEnded();
      case Parsed.End end -> {}
      case Parsed.Malformed malformed -> refuse(malformed);
    }
  }

  private void begin(RequestHead head) {
    deadline.clear();
    headBegun = false;
    Exchange exchange = exchange(head);
    current = exchange;
    if (head.framing() instanceof Framing.None) {
      take(parser.next(received)); // the end, which takes no bytes
    }
    switch (front.service().tryNow(request(head, exchange))) {
      case Decision.Answer answer -> answer(exchange, answer.response());
      case Decision.Pending pending -> pend(exchange, pending);
      case Decision.Tunnel tunnel -> {
        tunnelling = true;
        new Tunnel(front, this, channel).open(tunnel);
      }
    }
  }

  private Exchange exchange(RequestHead head) {
    Feed feed = new Feed();
    Exchange exchange = new Exchange(head, front.limits(), feed);
    feed.fed = Optional.of(exchange);
    return exchange;
  }

  private Request request(RequestHead head, Exchange exchange) {
    return new Request(
        head.method(),
        scheme,
        head.authority(),
        head.target(),
        head.headers(),
        exchange.body(),
        client());
  }

  private InetAddress client() {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  private void answer(Exchange exchange, Response response) {
    exchange.responded();
    ResponseHead head = responseHead(exchange, response);
    try {
      if (writer.begin(exchange.head(), response, head)) {
        responseDone(exchange, head.keepAlive());
      } else {
        deadline.set(front.limits().betweenPieces());
      }
    } catch (IOException e) {
      abort(e);
    }
  }

  private ResponseHead responseHead(Exchange exchange, Response response) {
    boolean mayKeepAlive = !front.draining().get() && exchange.broken().isEmpty();
    return ResponseHead.of(exchange.head(), response, mayKeepAlive);
  }

  private void pend(Exchange exchange, Decision.Pending pending) {
    if (front.waiting().incrementAndGet() > front.limits().waiting()) {
      front.waiting().decrementAndGet();
      Response busy = Response.text(503, "gyre: too many requests are waiting");
      answer(exchange, busy.withHeaders(busy.headers().and("retry-after", "1")));
      return;
    }
    try {
      exchange.servedBy(front.virtualThreads().submit(() -> serve(exchange, pending)));
    } catch (RejectedExecutionException e) {
      front.waiting().decrementAndGet();
      answer(exchange, Response.text(503, "gyre: this proxy is stopping"));
    }
  }

  /** On a virtual thread: the answer, written as its body comes. */
  private void serve(Exchange exchange, Decision.Pending pending) {
    try {
      Response response = front.service().serve(pending);
      if (exchange.broken().isPresent()) {
        response.body().close();
        response = refusal(exchange.broken().get());
      }
      ResponseHead head = responseHead(exchange, response);
      channel.eventLoop().execute(exchange::responded);
      writer.pull(exchange.head(), response, head);
      onLoop(() -> responseDone(exchange, head.keepAlive()));
    } catch (IOException e) {
      onLoop(() -> abort(e));
    } catch (InterruptedException e) {
      Outbound.close(channel);
    } catch (RuntimeException e) {
      log.error("{} {} failed", pending.request().method(), pending.request().resource(), e);
      onLoop(() -> failed(exchange));
    } finally {
      front.waiting().decrementAndGet();
    }
  }

  private void onLoop(Runnable step) {
    channel
        .eventLoop()
        .execute(
            () -> {
              step.run();
              advance();
            });
  }

  private void failed(Exchange exchange) {
    if (exchange.hasResponded()) {
      Outbound.close(channel);
    } else {
      answer(exchange, Response.text(500, "gyre: an internal error, see the proxy's log"));
    }
  }

  private void responseDone(Exchange exchange, boolean keepAlive) {
    if (exchange != current || lingering) {
      return;
    }
    exchange.close();
    if (keepAlive && (exchange.hasRequestEnded() || restHasArrived())) {
      current = null;
      deadline.set(front.limits().idle());
    } else {
      linger(exchange.hasRequestEnded());
    }
  }

  /** Skips what has arrived of a request that was answered before its end. */
  private boolean restHasArrived() {
    while (true) {
      switch (parser.next(received)) {
        case Parsed.Content content -> content.bytes().release();
        case Parsed.End end -> {
          return true;
        }
        case Parsed.Incomplete incomplete -> {
          return false;
        }
        case Parsed.Malformed malformed -> {
          return false;
        }
        case Parsed.Head head -> throw new IllegalStateException("a head inside a body");
      }
    }
  }

  private void refuse(Parsed.Malformed malformed) {
    log.info("{} for a request from {}: {}", malformed.status(), client(), malformed.reason());
    Exchange exchange = current;
    if (exchange == null) {
      exchange = exchange(RequestHead.UNREADABLE);
      current = exchange;
      answer(exchange, refusal(malformed));
    } else {
      exchange.broke(malformed);
      exchange.requestEnded();
    }
  }

  private static Response refusal(Parsed.Malformed malformed) {
    return Response.text(malformed.status(), "gyre: " + malformed.reason());
  }

  /**
   * Closes the connection so that the response survives: a client that is still sending is read to
   * its end for a moment (RFC 9112, 9.6).
   */
  private void linger(boolean requestEnded) {
    lingering = true;
    received.release();
    received = Unpooled.EMPTY_BUFFER;
    if (requestEnded || !(channel instanceof DuplexChannel duplex) || scheme.equals("https")) {
      Outbound.closeWhenWritten(channel);
    } else {
      Outbound.shutdownOutputWhenWritten(duplex);
      deadline.set(LINGER);
    }
  }

  private void abort(IOException reason) {
    log.debug("response to {} broke off: {}", client(), reason.toString());
    Outbound.close(channel);
  }

  private void expired() {
    if (current == null && headBegun) {
      refuse(new Parsed.Malformed(408, "the head of the request took too long"));
      channel.flush();
    } else {
      Outbound.close(channel);
    }
  }

  /** Event loop: no further request; the running one ends first. */
  void drain() {
    if (current == null) {
      Outbound.close(channel);
    }
  }

  /**
   * Event loop: the tunnel stands, this handler is out of the way. What it had read is handed on.
   */
  ByteBuf handOver() {
    ByteBuf rest = received;
    received = Unpooled.EMPTY_BUFFER;
    deadline.end();
    channel.pipeline().remove(this);
    return rest;
  }

  /** Event loop: there is no tunnel. */
  void tunnelRefused(Response response) {
    tunnelling = false;
    Exchange exchange = current;
    if (exchange != null) {
      answer(exchange, response);
      advance();
    }
  }

  /** What whoever reads one request's body asks for. */
  private final class Feed implements QueuedBody.Feed {
    private Optional<Exchange> fed = Optional.empty();

    @Override
    public void wanted() {
      onLoop(
          () -> {
            if (isCurrent()) {
              fed.orElseThrow().roomAgain();
              sayContinue(fed.orElseThrow());
            }
          });
    }

    @Override
    public void abandoned() {
      onLoop(
          () -> {
            if (isCurrent()) {
              fed.orElseThrow().roomAgain();
            }
          });
    }

    private boolean isCurrent() {
      return fed.isPresent() && fed.get() == current;
    }
  }

  private void sayContinue(Exchange exchange) {
    if (exchange.takeContinue()) {
      Outbound.write(channel, Unpooled.wrappedBuffer(CONTINUE));
    }
  }
}
