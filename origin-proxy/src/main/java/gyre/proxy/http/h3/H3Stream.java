package gyre.proxy.http.h3;

import static io.netty.handler.codec.http3.Http3ErrorCode.H3_INTERNAL_ERROR;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_NO_ERROR;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_CANCELLED;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Outbox;
import gyre.proxy.http.exchange.Reply;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.http.exchange.ResponseFields;
import gyre.proxy.http.exchange.ResponsePull;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.io.IOException;

/**
 * One request that has begun, and its answer. Owned by the event loop but for what {@link Reply}
 * and {@link Exchange.Owner} say of threads.
 */
final class H3Stream implements Reply, Exchange.Owner {
  private final H3Connection connection;
  private final QuicStreamChannel channel;
  private final Gathering out;
  private final FrontLimits limits;
  private final Exchange exchange;
  private final RequestContent content;
  private final StreamWriter writer;
  private boolean isOver;
  private long ended;
  private boolean advancing;
  private boolean onceMore;

  H3Stream(
      H3Connection connection,
      QuicStreamChannel channel,
      Gathering out,
      RequestHead head,
      Terms terms) {
    this.connection = connection;
    this.channel = channel;
    this.out = out;
    this.limits = terms.limits();
    this.exchange = new Exchange(head, connection.line(), terms, this);
    this.content = new RequestContent(exchange, limits.bodies().most());
    this.writer = new StreamWriter(channel, out, head);
  }

  Exchange exchange() {
    return exchange;
  }

  RequestContent content() {
    return content;
  }

  boolean isOver() {
    return isOver;
  }

  /** Whether the client has taken nothing since then, though there was something. */
  boolean isStalled(long since) {
    return isOver ? ended - since < 0 : writer.isStalled(since);
  }

  @Override
  public void bodyHasRoom(Exchange of, boolean isAwaited) {
    onLoop(
        () -> {
          exchange.roomAgain(isAwaited);
          content.passOn();
          if (isOver) {
            return;
          }
          if (isAwaited && exchange.takeContinue()) {
            sendInterim(100, Headers.EMPTY);
          }
          channel.read();
        });
  }

  @Override
  public void now(Exchange of, Response response) {
    if (isOver) {
      response.body().close();
      return;
    }
    exchange.responded(response);
    writer.begin(response);
    advance();
  }

  @Override
  public boolean flow(Exchange of, Response response) {
    if (!response.body().announce(() -> onLoop(this::advance))) {
      return false;
    }
    onLoop(() -> flow(response));
    return true;
  }

  private void flow(Response response) {
    if (isOver) {
      response.body().close();
      return;
    }
    exchange.responded(response);
    writer.beginComing(response);
    advance();
  }

  @Override
  public void pull(Exchange of, Response response) throws IOException {
    ResponsePull pull = new ResponsePull(channel.alloc(), limits.times().betweenPieces());
    pull.run(
        response,
        exchange.head().allowsContent(response.status()),
        whole -> onLoop(() -> now(exchange, whole)),
        (head, outbox) -> onLoop(() -> begin(head, outbox)),
        () -> onLoop(this::advance));
  }

  private void begin(Response head, Outbox outbox) {
    if (isOver) {
      outbox.close(false);
      return;
    }
    exchange.responded(head);
    writer.begin(head, outbox);
    advance();
  }

  @Override
  public void interim(Exchange of, int status, Headers headers) {
    onLoop(
        () -> {
          if (!isOver && exchange.response().isEmpty()) {
            sendInterim(status, headers);
          }
        });
  }

  private void sendInterim(int status, Headers headers) {
    if (channel.isWritable()) {
      ByteBuf buffer = channel.alloc().directBuffer(256);
      out.encode(channel, Fields.of(ResponseFields.interim(status, headers)), buffer);
      out.send(buffer, false);
    }
  }

  /** Unheard of in HTTP/3: Upgrade is refused before anybody decides. */
  @Override
  public void tunnel(Exchange of, Decision.Tunnel tunnel) {
    now(exchange, Response.text(501, "gyre: a tunnel needs HTTP/1.1"));
  }

  @Override
  public void abort(Exchange of, IOException reason) {
    reset(H3_INTERNAL_ERROR);
  }

  @Override
  public void onLoop(Runnable step) {
    channel.eventLoop().execute(step);
  }

  /**
   * Sends as far as the client takes it. What one piece sets free goes on in the same loop, not
   * deeper in the stack.
   */
  void advance() {
    onceMore = true;
    if (advancing) {
      return;
    }
    advancing = true;
    try {
      while (onceMore && !isOver && exchange.response().isPresent()) {
        onceMore = takeTurn();
      }
    } finally {
      advancing = false;
    }
  }

  private boolean takeTurn() {
    try {
      return switch (writer.advance(connection.date())) {
        case SENT -> true;
        case FULL -> {
          out.probe();
          yield false;
        }
        case STARVED -> false;
        case ENDED -> {
          if (!isOver) {
            answered();
          }
          yield false;
        }
      };
    } catch (IOException e) {
      connection.brokeOff(e);
      reset(H3_INTERNAL_ERROR);
      return false;
    }
  }

  /**
   * The answer is written. What is left of the request is not wanted (RFC 9114, 4.1). Netty would
   * end a stream that is closed at once before what still waits for room in it.
   */
  private void answered() {
    over();
    exchange.close();
    if (!channel.isInputShutdown()) {
      connection.leftover();
      Ending.stopReading(channel, H3_NO_ERROR);
    }
    out.whenSent(() -> Ending.close(channel));
  }

  /** Ends both directions of the stream, unless the answer is on its way. */
  void reset(Http3ErrorCode code) {
    if (!isOver) {
      Ending.reset(channel, code);
      closed();
    }
  }

  /** Takes back what the client does not take. */
  void giveUp() {
    Ending.reset(channel, H3_REQUEST_CANCELLED);
    closed();
  }

  /** The stream is closed, by whichever side and for whatever reason. */
  void closed() {
    if (!isOver) {
      exchange.cancel(new IOException("the client has left"));
      over();
    }
  }

  private void over() {
    isOver = true;
    ended = System.nanoTime();
    content.close();
    writer.end();
    connection.ended(this, writer.written());
  }
}
