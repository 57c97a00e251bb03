package gyre.proxy.http.exchange;

import gyre.proxy.access.Access;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Decision;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the answers to exchanges, whatever their framing: on the event loop where they are in
 * memory, else on a virtual thread each. Any event loop.
 */
public final class Answering {
  private static final Logger log = LoggerFactory.getLogger(Answering.class);

  private final Front front;

  public Answering(Front front) {
    this.front = front;
  }

  public void begin(Exchange exchange, Reply reply) {
    switch (exchange.terms().service().tryNow(exchange.request())) {
      case Decision.Answer answer -> reply.now(exchange, answer.response());
      case Decision.Pending pending -> later(exchange, reply, pending);
      case Decision.Tunnel tunnel -> reply.tunnel(exchange, tunnel);
    }
  }

  private void later(Exchange exchange, Reply reply, Decision.Pending pending) {
    if (front.waiting().incrementAndGet() > front.limits().crowd().waiting()) {
      front.waiting().decrementAndGet();
      Response busy = Response.text(503, "gyre: too many requests are waiting");
      reply.now(exchange, busy.withHeaders(busy.headers().and("retry-after", "1")));
      return;
    }
    try {
      exchange.servedBy(front.virtualThreads().submit(() -> serve(exchange, reply, pending)));
    } catch (RejectedExecutionException e) {
      front.waiting().decrementAndGet();
      reply.now(exchange, Response.text(503, "gyre: this proxy is stopping"));
    }
  }

  /** On a virtual thread. */
  private void serve(Exchange exchange, Reply reply, Decision.Pending pending) {
    try {
      Response response = exchange.terms().service().serve(pending);
      if (exchange.broken().isPresent()) {
        response.body().close();
        response = exchange.broken().get().response();
      }
      reply.pull(exchange, response);
    } catch (IOException e) {
      reply.onLoop(() -> reply.abort(exchange, e));
    } catch (InterruptedException e) {
      reply.onLoop(() -> reply.abort(exchange, new IOException("given up")));
    } catch (RuntimeException e) {
      log.error("{} {} failed", pending.request().method(), pending.request().resource(), e);
      reply.onLoop(() -> failed(exchange, reply));
    } finally {
      front.waiting().decrementAndGet();
    }
  }

  private static void failed(Exchange exchange, Reply reply) {
    if (exchange.response().isPresent()) {
      reply.abort(exchange, new IOException("an internal error"));
    } else {
      reply.now(exchange, Response.text(500, "gyre: an internal error, see the proxy's log"));
    }
  }

  /**
   * Tells the counters and the access log, once, what became of the exchange so far. {@code
   * written}: bytes of the response's body that were handed to the socket.
   */
  public void log(Exchange exchange, long written) {
    if (!exchange.takeLogging()) {
      return;
    }
    long nanos = System.nanoTime() - exchange.began();
    Optional<Response> response = exchange.response();
    int status = response.map(Response::status).orElse(Access.LEFT);
    exchange.terms().traffic().answered(status, response.map(Response::headers), nanos);
    AccessLog accessLog = exchange.terms().accessLog();
    if (accessLog.equals(AccessLog.NONE)) {
      return;
    }
    RequestHead head = exchange.head();
    accessLog.answered(
        new Access(
            front.clock().instant(),
            Duration.ofNanos(nanos),
            exchange.client(),
            new Access.Line(head.method(), head.authority(), head.target(), head.version().text()),
            head.headers(),
            status,
            response.isPresent() ? written : 0,
            response.map(Response::headers)));
  }
}
