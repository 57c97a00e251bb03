package gyre.proxy.http;

import gyre.proxy.access.Access;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Decision;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.WriteGate;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answering half of a connection: from memory on its event loop, which owns this, or, where the
 * answer has to be waited for, on a virtual thread.
 */
final class Answering {
  private static final Logger log = LoggerFactory.getLogger(Answering.class);

  private final Front front;
  private final FrontConnection connection;
  private final Channel channel;
  private final WriteGate gate = new WriteGate();
  private final ResponseWriter writer;
  private boolean keepAlive;

  Answering(Front front, FrontConnection connection, Channel channel) {
    this.front = front;
    this.connection = connection;
    this.channel = channel;
    this.writer = new ResponseWriter(channel, front.date(), front.limits(), gate);
  }

  /** The answer is there; its body never blocks. */
  void now(Exchange exchange, Response response) {
    exchange.responded(response);
    ResponseHead head = head(exchange, response);
    keepAlive = head.keepAlive();
    try {
      if (writer.begin(exchange.head(), response, head)) {
        connection.answered(exchange, keepAlive);
      } else {
        connection.answerFlows();
      }
    } catch (IOException e) {
      connection.abort(e);
    }
  }

  /** Ahead of the answer, where the socket takes it at once. */
  void interim(Exchange exchange, int status, Headers headers) {
    if (exchange.response().isEmpty() && channel.isWritable()) {
      writer.interim(status, headers);
    }
  }

  private ResponseHead head(Exchange exchange, Response response) {
    boolean mayKeepAlive = !front.draining().get() && exchange.broken().isEmpty();
    return ResponseHead.of(exchange.head(), response, mayKeepAlive);
  }

  /** The answer has to be waited for. */
  void later(Exchange exchange, Decision.Pending pending) {
    if (front.waiting().incrementAndGet() > front.limits().waiting()) {
      front.waiting().decrementAndGet();
      Response busy = Response.text(503, "gyre: too many requests are waiting");
      now(exchange, busy.withHeaders(busy.headers().and("retry-after", "1")));
      return;
    }
    try {
      exchange.servedBy(front.virtualThreads().submit(() -> serve(exchange, pending)));
    } catch (RejectedExecutionException e) {
      front.waiting().decrementAndGet();
      now(exchange, Response.text(503, "gyre: this proxy is stopping"));
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
      pull(exchange, response);
    } catch (IOException e) {
      connection.onLoop(() -> connection.abort(e));
    } catch (InterruptedException e) {
      Outbound.close(channel);
    } catch (RuntimeException e) {
      log.error("{} {} failed", pending.request().method(), pending.request().resource(), e);
      connection.onLoop(() -> failed(exchange));
    } finally {
      front.waiting().decrementAndGet();
    }
  }

  private void pull(Exchange exchange, Response response) throws IOException {
    ResponseHead head = head(exchange, response);
    channel.eventLoop().execute(() -> exchange.responded(response));
    writer.pull(exchange.head(), response, head);
    connection.onLoop(() -> connection.answered(exchange, head.keepAlive()));
  }

  private void failed(Exchange exchange) {
    if (exchange.response().isPresent()) {
      Outbound.close(channel);
    } else {
      now(exchange, Response.text(500, "gyre: an internal error, see the proxy's log"));
    }
  }

  /** The request is not one, or its rest cannot be read. */
  static Response refusal(Parsed.Malformed malformed) {
    return Response.text(malformed.status(), "gyre: " + malformed.reason());
  }

  /** The socket takes bytes again, or takes none for now. */
  void writabilityChanged(Exchange exchange) {
    if (!channel.isWritable() || !writer.isFlowing()) {
      return;
    }
    try {
      if (writer.goOn()) {
        connection.answered(exchange, keepAlive);
        connection.advance();
      } else {
        connection.answerFlows();
        channel.flush();
      }
    } catch (IOException e) {
      connection.abort(e);
    }
  }

  /** Event loop: tells the access log, once, what became of the exchange so far. */
  void log(Exchange exchange, InetAddress client) {
    if (front.accessLog().equals(AccessLog.NONE) || !exchange.takeLogging()) {
      return;
    }
    RequestHead head = exchange.head();
    Optional<Response> response = exchange.response();
    front
        .accessLog()
        .answered(
            new Access(
                front.clock().instant(),
                Duration.ofNanos(System.nanoTime() - exchange.began()),
                client,
                new Access.Line(head.method(), head.authority(), head.target(), head.minor()),
                head.headers(),
                response.map(Response::status).orElse(Access.LEFT),
                response.isPresent() ? writer.written() : 0,
                response.map(Response::headers)));
  }

  /** Wakes whoever waits for the socket. */
  void wake() {
    gate.wake();
  }

  /** The connection has ended. */
  void end() {
    gate.wake();
    writer.stop();
  }
}
