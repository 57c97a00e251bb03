package gyre.proxy.upstream;

import gyre.proxy.message.Body;
import gyre.proxy.message.EventStream;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Interim;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.Trailers;
import gyre.wire.HeaderField;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request's response as it arrives: head, then body. Owned by the connection's event loop,
 * except where a method says otherwise.
 */
final class ClientExchange {
  private static final Set<String> CODINGS =
      Set.of("chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd");

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
      head(begun, feed);
    }
    if (message instanceof HttpContent content) {
      content(content);
    }
  }

  private static String reason(HttpObject message) {
    Throwable cause = message.decoderResult().cause();
    return Optional.ofNullable(cause.getMessage()).orElse(cause.getClass().getSimpleName());
  }

  private void head(HttpResponse message, QueuedBody.Feed feed) {
    int status = message.status().code();
    if (status < 200) {
      skipping = true;
      interim(status, message);
      return;
    }
    if (status > 999 || message.protocolVersion().majorVersion() != 1) {
      failed(new IOException("no response of HTTP/1 with a status of three digits"));
      return;
    }
    if (hasOtherCoding(message)) {
      failed(new IOException("a transfer coding other than chunked"));
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(message);
    try {
      Headers received = headers(message.headers());
      Headers headers = status == 204 ? received.without("content-length") : received;
      Response begun = new Response(status, headers, body(message, status, feed), version(message));
      response = begun;
      if (body != null) {
        head.complete(begun);
      }
    } catch (IllegalArgumentException e) {
      failed(new IOException("a response beyond the limits: " + e.getMessage(), e));
    }
  }

  /**
   * The client offers chunked alone (RFC 9110, 10.1.4). A name that no coding has stands for none:
   * such content ends with its connection (RFC 9112, 6.3).
   */
  private static boolean hasOtherCoding(HttpResponse message) {
    String codings = String.join(",", message.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING));
    if (codings.isEmpty() || codings.equalsIgnoreCase("chunked")) {
      return false;
    }
    return message.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
        || Stream.of(codings.split(",", -1))
            .anyMatch(coding -> CODINGS.contains(coding.strip().toLowerCase(Locale.ROOT)));
  }

  /** What comes in HTTP/2 is told as if it had come in HTTP/1.1. */
  private HttpVersion version(HttpResponse message) {
    if (isH2) {
      return HttpVersion.HTTP_2;
    }
    return message.protocolVersion().minorVersion() == 0
        ? HttpVersion.HTTP_1_0
        : HttpVersion.HTTP_1_1;
  }

  /** Nobody asked for 100 or 101: what a client expects is between it and the front. */
  private void interim(int status, HttpResponse message) {
    if (status < 100 || status == 101) {
      failed(new IOException("an unasked for response " + status));
    } else if (++interims > Interim.MOST) {
      failed(new IOException("more than " + Interim.MOST + " interim responses"));
    } else if (status != 100) {
      tell(status, message);
    }
  }

  private void tell(int status, HttpResponse message) {
    try {
      interim.responded(version(message), status, headers(message.headers()));
    } catch (IllegalArgumentException e) {
      failed(new IOException("an interim response beyond the limits: " + e.getMessage(), e));
    }
  }

  private Body body(HttpResponse response, int status, QueuedBody.Feed feed) {
    boolean none =
        method.equals("HEAD")
            || status == 204
            || status == 304
            || response instanceof LastHttpContent; // HTTP/2: it ended with its head
    long length = HttpUtil.isTransferEncodingChunked(response) ? -1 : contentLength(response);
    if (none || length == 0) {
      return Body.EMPTY;
    }
    OptionalLong known = length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    patience = between(response);
    progressed();
    QueuedBody queued = new QueuedBody(known, limits.queuedBytes(), patience, feed);
    body = queued;
    return queued;
  }

  /** An event or a message may be long in coming: such a stream may rest like a tunnel. */
  private Duration between(HttpResponse response) {
    String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    return EventStream.is(type) || Grpc.is(type) ? limits.betweenEvents() : limits.betweenPieces();
  }

  private static long contentLength(HttpResponse response) {
    return HttpUtil.getContentLength(response, -1L);
  }

  private static Headers headers(HttpHeaders received) {
    List<HeaderField> fields = new ArrayList<>();
    for (Map.Entry<String, String> entry : received) {
      fields.add(new HeaderField(entry.getKey(), entry.getValue()));
    }
    return new Headers(fields);
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
      trailers = Trailers.permitted(headers(end.trailingHeaders()));
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
