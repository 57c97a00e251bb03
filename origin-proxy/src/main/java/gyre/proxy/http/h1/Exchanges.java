package gyre.proxy.http.h1;

import gyre.proxy.http.exchange.Answering;
import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies.Arrival;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of one connection, one at a time: the next begins when the one before it is
 * answered (RFC 9112, 9.3.2). Owned by the event loop, but for what {@link Exchange.Owner} says of
 * threads.
 */
final class Exchanges implements Exchange.Owner {
  private final Front front;
  private final H1Connection connection;
  private final Arrival line;
  private final Incoming incoming;
  private final Answering answering;
  private final H1Reply reply;
  private @Nullable Exchange current;

  Exchanges(Front front, H1Connection connection, Arrival line, Incoming incoming, H1Reply reply) {
    this.front = front;
    this.connection = connection;
    this.line = line;
    this.incoming = incoming;
    this.answering = new Answering(front);
    this.reply = reply;
  }

  /** Whether there is none. */
  boolean isIdle() {
    return current == null;
  }

  /** A client that does not read its answers gets no further ones. */
  boolean hasRoom() {
    Exchange exchange = current;
    return exchange == null ? reply.hasRoom() : exchange.hasRoom();
  }

  /** Whether what comes next of the request, or of the next one, is wanted now. */
  boolean mayTake() {
    Exchange exchange = current;
    return hasRoom() && (exchange == null || !exchange.hasRequestEnded());
  }

  void take(Parsed parsed) {
    Exchange exchange = current;
    switch (parsed) {
      case Parsed.Incomplete incomplete -> {}
      case Parsed.Head head -> begin(head.head());
      case Parsed.Content content when exchange != null -> exchange.content(content.bytes());
      case Parsed.Content content -> content.bytes().release();
      case Parsed.End end when exchange != null -> exchange.requestEnded(end.trailers());
      case Parsed.End end -> {}
      case Parsed.Malformed malformed -> refuse(malformed.refusal());
    }
  }

  private void begin(RequestHead head) {
    connection.watch().headCame();
    Exchange exchange = next(head);
    if (head.framing() instanceof Framing.None) {
      take(incoming.next()); // the end, which takes no bytes
    }
    answering.begin(exchange, reply);
  }

  private Exchange next(RequestHead head) {
    Exchange exchange = new Exchange(head, line, front.terms(), this);
    current = exchange;
    return exchange;
  }

  /** What has come is no request, or not the rest of one. */
  void refuse(Refusal refusal) {
    connection.tell(refusal);
    Exchange exchange = current;
    if (exchange == null) {
      reply.now(next(RequestHead.UNREADABLE), refusal.response());
    } else {
      exchange.broke(refusal);
      exchange.requestEnded(Headers.EMPTY);
    }
  }

  /** An answer is written. */
  void answered(Exchange exchange, boolean keepAlive) {
    if (exchange != current || connection.isLingering()) {
      return;
    }
    exchange.close();
    ended(exchange);
    if (keepAlive && (exchange.hasRequestEnded() || incoming.skipToEnd())) {
      current = null;
      connection.watch().idle();
    } else {
      connection.linger(exchange.hasRequestEnded());
    }
  }

  private void ended(Exchange exchange) {
    answering.ended(exchange, reply.written());
  }

  /** The connection is a tunnel from now on. */
  void switched() {
    Exchange exchange = current;
    if (exchange != null) {
      exchange.responded(new Response(101, Headers.EMPTY, Body.EMPTY));
      ended(exchange);
    }
  }

  /** There is no tunnel. */
  void tunnelRefused(Response response) {
    Exchange exchange = current;
    if (exchange != null) {
      reply.now(exchange, response);
      connection.advance();
    }
  }

  void clientLeft() {
    Exchange exchange = current;
    if (exchange != null) {
      exchange.cancel(new IOException("the client has left"));
      ended(exchange);
    }
  }

  @Override
  public void bodyHasRoom(Exchange exchange, boolean isAwaited) {
    connection.onLoop(
        () -> {
          if (exchange == current) {
            exchange.roomAgain(isAwaited);
            if (isAwaited && exchange.takeContinue()) {
              reply.sayContinue();
            }
          }
        });
  }

  @Override
  public void interim(Exchange exchange, int status, Headers headers) {
    connection.onLoop(
        () -> {
          if (exchange == current) {
            reply.interim(exchange, status, headers);
          }
        });
  }
}
