package gyre.proxy.http.exchange;

import gyre.proxy.access.Access;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Arrival;
import gyre.proxy.fetch.Decision;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the answers to exchanges, whatever their framing: on the event loop where they are in
 * memory, else on a virtual thread each. Any event loop.
 */
public final class Answering {
  private static final Logger log = LoggerFactory.getLogger(Answering.class);
  private static final RationedLog rationed = new RationedLog(log);

  private static final String ALT_SVC = "alt-svc";

  private final Front front;

  public Answering(Front front) {
    this.front = front;
  }

  public void begin(Exchange exchange, Reply reply) {
    try {
      switch (exchange.terms().service().tryNow(exchange.request())) {
        case Decision.Answer answer -> reply.now(exchange, told(exchange, answer.response()));
        case Decision.Coming coming -> coming(exchange, reply, coming);
        case Decision.Pending pending -> later(exchange, reply, pending);
        case Decision.Tunnel tunnel -> reply.tunnel(exchange, tunnel);
      }
    } catch (RuntimeException e) {
      failed(exchange, reply, e);
    }
  }

  private boolean admit(Exchange exchange, Reply reply) {
    if (front.transport().buffers().isTight()) {
      rationed.warn("503: connections' buffers hold {} bytes", front.transport().buffers().bytes());
      reply.now(exchange, busy("the memory for answers is used up"));
      return false;
    }
    if (front.waiting().incrementAndGet() <= front.limits().crowd().waiting()) {
      exchange.admitted();
      return true;
    }
    front.waiting().decrementAndGet();
    reply.now(exchange, busy("too many requests are waiting"));
    return false;
  }

  private static Response busy(String reason) {
    Response busy = Response.text(503, "gyre: " + reason);
    return busy.withHeaders(busy.headers().and("retry-after", "1"));
  }

  private void coming(Exchange exchange, Reply reply, Decision.Coming coming) {
    if (!admit(exchange, reply)) {
      return;
    }
    Runnable giveUp = coming.delivery().begin(new Arriving(exchange, reply));
    exchange.servedUnlessElse(giveUp);
  }

  /** What came by itself, or has to be waited for after all. */
  private final class Arriving implements Arrival {
    private final Exchange exchange;
    private final Reply reply;

    Arriving(Exchange exchange, Reply reply) {
      this.exchange = exchange;
      this.reply = reply;
    }

    @Override
    public void answered(Response response) {
      try {
        send(response);
      } catch (RuntimeException e) {
        response.body().close();
        failed(exchange, reply, e);
      }
    }

    private void send(Response response) {
      Response sent = told(exchange, unlessBroken(exchange, response));
      if (reply.flow(exchange, sent)) {
        noLongerWaits(exchange);
      } else if (!onThread(exchange, reply, () -> reply.pull(exchange, sent))) {
        sent.body().close();
      }
    }

    @Override
    public void pending(Decision.Pending pending) {
      var _ = onThread(exchange, reply, () -> serve(exchange, reply, pending));
    }
  }

  private void later(Exchange exchange, Reply reply, Decision.Pending pending) {
    if (admit(exchange, reply)) {
      var _ = onThread(exchange, reply, () -> serve(exchange, reply, pending));
    }
  }

  /** How long the rest takes is the client's affair, and costs others nothing. */
  private void noLongerWaits(Exchange exchange) {
    if (exchange.takeAdmission()) {
      front.waiting().decrementAndGet();
    }
  }

  /** What a virtual thread does for an exchange. */
  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  /** False where there are no threads any more: it is answered so. */
  private boolean onThread(Exchange exchange, Reply reply, Task task) {
    exchange.takeAdmission(); // the thread's now, which may outlast the exchange
    try {
      Future<?> running = front.virtualThreads().submit(() -> run(exchange, reply, task));
      exchange.servedBy(() -> running.cancel(true));
      return true;
    } catch (RejectedExecutionException e) {
      front.waiting().decrementAndGet();
      reply.now(exchange, Response.text(503, "gyre: this proxy is stopping"));
      return false;
    }
  }

  private void run(Exchange exchange, Reply reply, Task task) {
    try {
      task.run();
    } catch (IOException e) {
      reply.onLoop(() -> reply.abort(exchange, e));
    } catch (InterruptedException e) {
      reply.onLoop(() -> reply.abort(exchange, new IOException("given up")));
    } catch (RuntimeException e) {
      failed(exchange, reply, e);
    } finally {
      front.waiting().decrementAndGet();
    }
  }

  private void serve(Exchange exchange, Reply reply, Decision.Pending pending)
      throws IOException, InterruptedException {
    Response response = exchange.terms().service().serve(pending);
    reply.pull(exchange, told(exchange, unlessBroken(exchange, response)));
  }

  /** With what there is to say of HTTP/3 (RFC 7838, 3). */
  private Response told(Exchange exchange, Response response) {
    Optional<String> altSvc = front.standing().altSvc().get();
    return altSvc.isEmpty() || !exchange.isOverTls()
        ? response
        : response.withHeaders(response.headers().and(ALT_SVC, altSvc.get()));
  }

  /** What is wrong with the request itself outweighs the answer to it. */
  private static Response unlessBroken(Exchange exchange, Response response) {
    Optional<Refusal> broken = exchange.broken();
    if (broken.isEmpty()) {
      return response;
    }
    response.body().close();
    return broken.get().response();
  }

  /** Any thread. Nobody else would tell the client, whose request has no deadline. */
  private static void failed(Exchange exchange, Reply reply, RuntimeException bug) {
    RequestHead head = exchange.head();
    log.error("{} //{}{} failed", head.method(), head.authority(), head.target(), bug);
    reply.onLoop(() -> failed(exchange, reply));
  }

  private static void failed(Exchange exchange, Reply reply) {
    if (exchange.response().isPresent()) {
      reply.abort(exchange, new IOException("an internal error"));
    } else {
      reply.now(exchange, Response.text(500, "gyre: an internal error, see the proxy's log"));
    }
  }

  /**
   * Tells the counters and the access log, once, what became of the exchange so far, and that it no
   * longer waits. {@code written}: bytes of the response's body that were handed to the socket.
   */
  public void ended(Exchange exchange, long written) {
    noLongerWaits(exchange);
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
