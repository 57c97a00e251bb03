package gyre.proxy.upstream;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Interim;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.Trailers;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request's response as it arrives: head, then body. Owned by the connection's event loop,
 * except where a method says otherwise.
 */
final class ClientExchange {
  private final String server;
  private final boolean isH2;
  private final String method;
  private final Interim interim;
  private final ClientLimits limits;
  private final CompletableFuture<Response> head;
  private final Consumer<Boolean> settle;
  private volatile long lastProgress = System.nanoTime();
  private volatile boolean requestSent;
  private int interims;
  private boolean skipping;
  private boolean keepAlive;
  private boolean settled;
  private boolean roomLeft = true;
  private Duration patience;
  private @Nullable Response response;
  private @Nullable QueuedBody body;

  /** {@code settle} is told once whether the connection can carry another request. */
  ClientExchange(
      Endpoint server,
      Request request,
      ClientLimits limits,
      CompletableFuture<Response> head,
      Consumer<Boolean> settle) {
    this.server = server.toString();
    this.isH2 = server instanceof Endpoint.H2;
    this.method = request.method();
    this.interim = request.interim();
    this.limits = limits;
    this.patience = limits.head();
    this.head = head;
    this.settle = settle;
  }

  String method() {
    return method;
  }

  /** Any thread: a piece of the request went out, the response may take its time from here. */
  void progressed() {
    lastProgress = System.nanoTime();
  }

  /** Any thread. */
  void requestSent() {
    requestSent = true;
    progressed();
  }

  /** How long until the head is overdue, or more of the body where there is room for it. */
  Duration left() {
    return roomLeft ? patience.minusNanos(System.nanoTime() - lastProgress) : patience;
  }

  /** The head, or more of the body, is overdue. */
  void timedOut() {
    failed(
        response == null
            ? new SocketTimeoutException(
                "no response from " + server + " within " + patience.toMillis() + " ms")
            : new IOException("nothing arrived for " + patience.toMillis() + " ms"));
  }

  /** Takes the message over. */
  void received(HttpObject message, QueuedBody.Feed feed) {
    if (message.decoderResult().isFailure()) {
      ReferenceCountUtil.release(message);
      failed(new IOException("not a valid response: " + reason(message)));
      return;
    }
    if (message instanceof HttpResponse begun) {
      head(new ReceivedHead(begun, isH2), feed);
    }
    if (message instanceof HttpContent content) {
      content(content);
    }
  }

  private static String reason(HttpObject message) {
    Throwable cause = message.decoderResult().cause();
    return Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
  }

  private void head(ReceivedHead received, QueuedBody.Feed feed) {
    int status = received.status();
    if (status < 200) {
      skipping = true;
      interim(received);
      return;
    }
    if (!received.isOfHttp1()) {
      failed(new IOException("no response of HTTP/1 with a status of three digits"));
      return;
    }
    if (received.hasOtherCoding()) {
      failed(new IOException("a transfer coding other than chunked"));
      return;
    }
    keepAlive = received.keepsAlive();
    try {
      Headers all = received.headers();
      Headers headers = status == 204 ? all.without("content-length") : all;
      Response begun = new Response(status, headers, body(received, feed), received.version());
      response = begun;
      if (body != null) {
        head.complete(begun);
      }
    } catch (IllegalArgumentException e) {
      failed(new IOException("a response beyond the limits: " + e.getMessage(), e));
    }
  }

  /** Nobody asked for 100 or 101: what a client expects is between it and the front. */
  private void interim(ReceivedHead received) {
    int status = received.status();
    if (status < 100 || status == 101) {
      failed(new IOException("an unasked for response " + status));
    } else if (++interims > Interim.MOST) {
      failed(new IOException("more than " + Interim.MOST + " interim responses"));
    } else if (status != 100) {
      tell(received);
    }
  }

  private void tell(ReceivedHead received) {
    try {
      interim.responded(received.version(), received.status(), received.headers());
    } catch (IllegalArgumentException e) {
      failed(new IOException("an interim response beyond the limits: " + e.getMessage(), e));
    }
  }

  private Body body(ReceivedHead received, QueuedBody.Feed feed) {
    OptionalLong length = received.length();
    if (received.isAllThereIs(method) || length.equals(OptionalLong.of(0))) {
      return Body.EMPTY;
    }
    patience = received.mayRest() ? limits.betweenEvents() : limits.betweenPieces();
    progressed();
    QueuedBody queued = new QueuedBody(length, limits.queuedBytes(), patience, feed);
    body = queued;
    return queued;
  }

  /** Nobody learns that the response is complete before its connection is free again. */
  private void content(HttpContent content) {
    if (skipping) {
      content.release();
      skipping = !(content instanceof LastHttpContent);
      return;
    }
    QueuedBody open = body;
    if (open == null) {
      content.release();
    } else {
      progressed();
      roomLeft = open.offer(content.content().nioBuffer(), content::release);
    }
    if (content instanceof LastHttpContent end) {
      ended(end);
    }
  }

  private void ended(LastHttpContent end) {
    Headers trailers;
    try {
      trailers = Trailers.permitted(ReceivedHead.headers(end.trailingHeaders()));
    } catch (IllegalArgumentException e) {
      failed(new IOException("trailers beyond the limits: " + e.getMessage(), e));
      return;
    }
    settleOnce(keepAlive && requestSent);
    if (body != null) {
      body.end(trailers);
    } else if (response != null) {
      head.complete(response);
    }
  }

  /** Whether the socket should be read on. */
  boolean wantsMore() {
    return !settled && roomLeft;
  }

  /** The reader asked for more. */
  void roomAgain() {
    roomLeft = true;
    progressed();
  }

  boolean isSettled() {
    return settled;
  }

  /** The response will not be completed. */
  void failed(IOException reason) {
    head.completeExceptionally(reason);
    if (body != null) {
      body.fail(new IOException(server + ": " + reason.getMessage(), reason));
    }
    settleOnce(false);
  }

  private void settleOnce(boolean reusable) {
    if (!settled) {
      settled = true;
      settle.accept(reusable);
    }
  }
}
