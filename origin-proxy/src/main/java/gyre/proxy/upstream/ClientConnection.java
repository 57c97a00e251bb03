package gyre.proxy.upstream;

import gyre.proxy.message.Headers;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.transport.Deadline;
import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.WriteGate;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server, carrying one exchange at a time. Inbound events belong to its event
 * loop; {@code send…} is called by the virtual thread of the exchange and waits while the socket
 * takes no more.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
  private static final long JUST_NOW = TimeUnit.SECONDS.toNanos(1);

  private final Endpoint endpoint;
  private final Channel channel;
  private final ResponseInput input;
  private final RequestOutput output;
  private final ClientLimits limits;
  private final WriteGate gate = new WriteGate();
  private volatile @Nullable ClientExchange exchange;
  private volatile long lastUse = System.nanoTime();
  private final Deadline deadline;
  private volatile @Nullable Runnable onIdleClose;

  ClientConnection(
      Endpoint endpoint,
      Channel channel,
      ResponseInput input,
      RequestOutput output,
      ClientLimits limits) {
    this.endpoint = endpoint;
    this.channel = channel;
    this.input = input;
    this.output = output;
    this.limits = limits;
    this.deadline = new Deadline(channel.eventLoop(), this::overdue);
  }

  Endpoint endpoint() {
    return endpoint;
  }

  boolean isUsable() {
    return channel.isActive();
  }

  boolean wasUsedJustNow() {
    return System.nanoTime() - lastUse < JUST_NOW;
  }

  /** Waits in the pool: ends after {@code atMost}, or when the server closes it. */
  void idle(Duration atMost, Runnable onClose) {
    exchange = null;
    lastUse = System.nanoTime();
    onIdleClose = onClose;
    if (channel.eventLoop().inEventLoop()) {
      deadline.set(atMost);
    } else {
      channel.eventLoop().execute(() -> deadline.set(atMost));
    }
    channel.read();
  }

  /** Event loop: the response does not come, or does not go on, or no further exchange. */
  private void overdue() {
    ClientExchange current = exchange;
    if (current == null) {
      close();
      return;
    }
    if (current.isSettled()) {
      return;
    }
    Duration left = current.left();
    if (left.isPositive()) {
      deadline.set(left);
    } else {
      current.timedOut();
      close();
    }
  }

  /** Sends the head of the request, with its end where it is {@code whole}. */
  void begin(ClientExchange next, Request request, boolean whole) {
    onIdleClose = null;
    channel.eventLoop().execute(() -> expect(next));
    send(request, whole); // here: what it says of the body holds for the pieces that follow
  }

  /** Event loop: the same for a whole request. */
  void beginHere(ClientExchange next, Request request) {
    onIdleClose = null;
    expect(next);
    send(request, true);
  }

  /** Event loop: once what has arrived is read. */
  void afterwards(Runnable step) {
    channel.eventLoop().execute(step);
  }

  boolean isOn(EventLoop loop) {
    return channel.eventLoop().equals(loop);
  }

  /** What is left of the exchange before cannot reach the next one: it was read before this. */
  private void expect(ClientExchange next) {
    exchange = next;
    deadline.set(next.left());
    input.expect(next.method());
    if (channel.isActive()) {
      channel.read();
    } else {
      closed();
    }
  }

  /** Event loop: the response is complete; whether nothing came behind it. */
  boolean endsCleanly() {
    return input.endsCleanly();
  }

  private void send(Request request, boolean whole) {
    output.head(request, whole);
    channel.flush();
  }

  /** Copies the piece; waits while too much is unsent. */
  void sendPiece(ByteBuffer piece) throws IOException {
    output.piece(piece);
    channel.flush();
    try {
      gate.await(channel, limits.betweenPieces());
    } catch (IOException e) {
      throw new IOException(endpoint + ": " + e.getMessage(), e);
    }
  }

  /** Trailers leave only behind a chunked body (RFC 9112, 7.1.2). */
  void sendEnd(Headers trailers) {
    output.end(trailers);
    channel.flush();
  }

  void close() {
    Outbound.close(channel);
  }

  /** Any thread: the exchange cannot go on. */
  void fail(IOException reason) {
    channel
        .eventLoop()
        .execute(
            () -> {
              ClientExchange current = exchange;
              if (current != null) {
                current.failed(reason);
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ClientExchange current = exchange;
    if (current != null && !current.isSettled() && message instanceof HttpObject part) {
      current.received(part, new ExchangeFeed(current));
    } else {
      ReferenceCountUtil.release(message);
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    ClientExchange current = exchange;
    if (current == null) {
      context.read();
    } else if (!current.isSettled()) {
      deadline.set(current.left());
      if (current.wantsMore()) {
        context.read();
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    gate.wake();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    deadline.end();
    gate.wake();
    Runnable leave = onIdleClose;
    if (leave != null) {
      leave.run();
    }
    closed();
  }

  /** Over TLS the end of a body is what the server says, not that the connection ends. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    ClientExchange current = exchange;
    if (event instanceof SslCloseCompletionEvent end
        && !end.isSuccess()
        && input.hasBegun()
        && current != null
        && !current.isSettled()) {
      current.failed(new IOException("the connection was cut in the middle of a response"));
    }
  }

  private void closed() {
    ClientExchange current = exchange;
    if (current != null && !current.isSettled()) {
      current.failed(
          input.hasBegun()
              ? new IOException("the server closed the connection in the middle of a response")
              : new NoResponseException(
                  "the server closed the connection without a response", input.wasRefused()));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ClientExchange current = exchange;
    if (current != null && !current.isSettled()) {
      String reason = String.valueOf(cause.getMessage());
      current.failed(
          input.hasBegun()
              ? new IOException(reason, cause)
              : new NoResponseException(reason, false));
    }
    close();
  }

  /**
   * What the reader of one exchange's body asks of the connection. A body may be closed when the
   * connection already carries the next exchange, which must not notice.
   */
  private final class ExchangeFeed implements QueuedBody.Feed {
    private final ClientExchange own;

    ExchangeFeed(ClientExchange own) {
      this.own = own;
    }

    @Override
    public void wanted() {
      channel
          .eventLoop()
          .execute(
              () -> {
                if (own == exchange) {
                  own.roomAgain();
                  channel.read();
                }
              });
    }

    @Override
    public void abandoned() {
      channel
          .eventLoop()
          .execute(
              () -> {
                if (own == exchange && !own.isSettled()) {
                  close();
                }
              });
    }
  }
}
