package gyre.proxy.swarm;

import gyre.proxy.fetch.AppSource.Outcome;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that one worker is to answer by its app, over its channel (PROTOCOL.md, section 5). The
 * virtual thread that asks waits for the head of the answer until the deadline.
 */
record AppCall(PeerChannel worker, Request request, Deadline deadline) {
  private static final Logger LOG = LoggerFactory.getLogger(AppCall.class);
  private static final String DEADLINE = "gyre-deadline-ms";

  private static final Set<String> OF_ONE_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "host",
          DEADLINE,
          "expect");

  /** Unavailable: this worker has seen nothing of the request, or refused before it began. */
  Outcome ask() throws InterruptedException {
    try {
      Optional<Call> call = worker.call(request.method(), target(), headers(), false);
      return call.isPresent()
          ? converse(call.get())
          : new Outcome.Unavailable(worker.peer() + " takes no further request");
    } catch (IllegalArgumentException e) {
      return new Outcome.Unavailable("too large for an exchange: " + e.getMessage());
    }
  }

  private Outcome converse(Call call) throws InterruptedException {
    boolean answered = false;
    try {
      send(call);
      Inbox.Head head = call.head(deadline);
      answered = true;
      return new Outcome.Answered(
          new Response(head.status(), new Headers(head.headers()), new CallBody(call)));
    } catch (RefusedException e) {
      // A body may have been read from already, and cannot be read again.
      return isWithoutBody()
          ? new Outcome.Unavailable(String.valueOf(e.getMessage()))
          : new Outcome.Failed(String.valueOf(e.getMessage()));
    } catch (PeerException e) {
      return new Outcome.Failed(String.valueOf(e.getMessage()));
    } finally {
      if (!answered) {
        call.cancel(
            deadline.hasPassed() ? CancelCode.DEADLINE : CancelCode.NOT_WANTED, "no answer");
      }
    }
  }

  private boolean isWithoutBody() {
    return request.body().length().orElse(-1) == 0;
  }

  /** A body is sent by a thread of its own: the answer may begin before it ends. */
  private void send(Call call) {
    if (isWithoutBody()) {
      call.end();
      return;
    }
    Thread.ofVirtual().name("send-" + call.channel().peer()).start(() -> pump(call));
  }

  private void pump(Call call) {
    try {
      Optional<ByteBuffer> piece = request.body().next();
      boolean wanted = true;
      while (piece.isPresent() && wanted) {
        wanted = call.write(piece.get());
        piece = wanted ? request.body().next() : Optional.empty();
      }
      if (wanted) {
        call.end();
      }
    } catch (IOException e) {
      LOG.debug("the client's request body broke off: {}", e.getMessage());
      call.cancel(CancelCode.FAILED, "the client's request broke off");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String target() {
    return request.scheme() + "://" + request.authority() + request.target();
  }

  /** What the client sent, and how long the handler may take. */
  private List<HeaderField> headers() {
    List<HeaderField> headers = new ArrayList<>(request.headers().fields());
    headers.removeIf(field -> OF_ONE_HOP.contains(field.name()));
    headers.add(new HeaderField(DEADLINE, Long.toString(deadline.left().toMillis())));
    return headers;
  }
}
