package gyre.proxy.http.h2;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Outbox;
import gyre.proxy.http.exchange.Reply;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.http.exchange.ResponsePull;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One stream: a request as its frames arrive, and its answer. Owned by the event loop but for what
 * {@link Reply} and {@link Exchange.Owner} say of threads.
 */
final class H2Stream implements Reply, Exchange.Owner {
  private final H2Connection connection;
  private final Http2Stream stream;
  private final FrontLimits limits;
  private final Exchange exchange;
  private final StreamContent content;
  private final StreamWriter writer;
  private @Nullable StreamTunnel tunnel;
  private boolean isOver;
  private boolean isReady;

  H2Stream(H2Connection connection, Http2Stream stream, RequestHead head, Terms terms) {
    this.connection = connection;
    this.stream = stream;
    this.limits = terms.limits();
    this.exchange = new Exchange(head, connection.line(), terms, this);
    this.content = new StreamContent(connection, stream, exchange, limits.bodies().most());
    this.writer = new StreamWriter(connection.outgoing(), stream, head);
  }

  Exchange exchange() {
    return exchange;
  }

  Http2Stream stream() {
    return stream;
  }

  StreamWriter writer() {
    return writer;
  }

  boolean isOver() {
    return isOver;
  }

  /** True where it was not ready before. */
  boolean becomesReady() {
    boolean first = !isReady;
    isReady = true;
    return first;
  }

  void isNoLongerReady() {
    isReady = false;
  }

  // The request

  /** Takes a copy of what a DATA frame holds. */
  void data(ByteBuf bytes, boolean ends) throws Http2Exception {
    StreamTunnel joined = tunnel;
    if (joined != null) {
      joined.received(bytes, ends);
    } else {
      content.data(bytes, ends);
    }
  }

  /** The request ends with a field section: its first one, or one of trailers. */
  void ends(Headers trailers) throws Http2Exception {
    if (tunnel != null) {
      throw Http2Exception.streamError(
          stream.id(), Http2Error.PROTOCOL_ERROR, "a field section in a tunnel"); // RFC 9113, 8.5
    }
    content.ends(trailers);
  }

  /** Any thread: so many bytes of what came are read, or passed on. */
  void giveBack(int bytes) {
    content.giveBack(bytes);
  }

  @Override
  public void bodyHasRoom(Exchange of, boolean isAwaited) {
    onLoop(
        () -> {
          exchange.roomAgain(isAwaited);
          content.passOn();
          if (isAwaited && !isOver && exchange.takeContinue()) {
            connection.outgoing().interim(stream, 100, Headers.EMPTY);
          }
        });
  }

  // The answer

  @Override
  public void now(Exchange of, Response answer) {
    Response response = unlessSwitched(answer);
    if (isOver) {
      response.body().close();
      return;
    }
    exchange.responded(response);
    writer.begin(response);
    connection.streams().ready(this);
  }

  /** Whoever asked for a tunnel takes 2xx for one (RFC 8441, 5). */
  private Response unlessSwitched(Response response) {
    int status = response.status();
    if (status < 200 || status > 299 || !(exchange.head().framing() instanceof Framing.Tunnel)) {
      return response;
    }
    response.body().close();
    return Response.text(502, "gyre: no tunnel");
  }

  @Override
  public boolean flow(Exchange of, Response answer) {
    Response response = unlessSwitched(answer);
    if (!response.body().announce(() -> onLoop(() -> connection.streams().ready(this)))) {
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
    connection.streams().ready(this);
  }

  @Override
  public void pull(Exchange of, Response answer) throws IOException {
    Response response = unlessSwitched(answer);
    ResponsePull pull = new ResponsePull(connection.alloc(), limits.times().betweenPieces());
    pull.run(
        response,
        exchange.head().allowsContent(response.status()),
        whole -> onLoop(() -> now(exchange, whole)),
        (head, outbox) -> onLoop(() -> begin(head, outbox)),
        () -> onLoop(() -> connection.streams().ready(this)));
  }

  /** A head, then what is put into the outbox. */
  void begin(Response head, Outbox outbox) {
    if (isOver) {
      outbox.close(false);
      return;
    }
    exchange.responded(head);
    writer.begin(head, outbox);
    connection.streams().ready(this);
  }

  @Override
  public void interim(Exchange of, int status, Headers headers) {
    onLoop(
        () -> {
          if (!isOver && exchange.response().isEmpty()) {
            connection.outgoing().interim(stream, status, headers);
          }
        });
  }

  /** Of an extended CONNECT: Upgrade is refused before anybody decides. */
  @Override
  public void tunnel(Exchange of, Decision.Tunnel wanted) {
    StreamTunnel opened = connection.tunnel(this, wanted);
    tunnel = opened;
    opened.open();
  }

  /** Since then the client has taken nothing; a tunnel has a deadline of its own. */
  boolean isStalled(long since) {
    return tunnel == null && writer.isStalled(since);
  }

  @Override
  public void abort(Exchange of, IOException reason) {
    if (!isOver) {
      connection.outgoing().reset(stream, Http2Error.INTERNAL_ERROR);
    }
  }

  @Override
  public void onLoop(Runnable step) {
    connection.onLoop(step);
  }

  /** The answer is written. */
  void answered() {
    exchange.close();
    over();
    if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
      stream.close();
    } else {
      // RFC 9113, 8.1: the rest is not wanted
      connection.outgoing().reset(stream, Http2Error.NO_ERROR);
    }
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
    content.release();
    if (tunnel != null) {
      tunnel.over();
    }
    writer.end();
    connection.log(exchange, writer.written());
  }
}
