package gyre.proxy.upstream;

import gyre.proxy.message.EventStream;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.wire.HeaderField;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The head of a response as a server sent it, and what it says of the body. Pure. */
record ReceivedHead(HttpResponse message, boolean isH2) {
  private static final Set<String> CODINGS =
      Set.of("chunked", "gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd");

  int status() {
    return message.status().code();
  }

  /** HTTP/1 with a status of three digits; what came in HTTP/2 is told as such. */
  boolean isOfHttp1() {
    return status() <= 999 && message.protocolVersion().majorVersion() == 1;
  }

  HttpVersion version() {
    if (isH2) {
      return HttpVersion.HTTP_2;
    }
    return message.protocolVersion().minorVersion() == 0
        ? HttpVersion.HTTP_1_0
        : HttpVersion.HTTP_1_1;
  }

  /** An IllegalArgumentException where they are beyond the limits. */
  Headers headers() {
    return headers(message.headers());
  }

  static Headers headers(HttpHeaders received) {
    List<HeaderField> fields = new ArrayList<>();
    for (Map.Entry<String, String> entry : received) {
      fields.add(new HeaderField(entry.getKey(), entry.getValue()));
    }
    return new Headers(fields);
  }

  /**
   * The client offers chunked alone (RFC 9110, 10.1.4). A name that no coding has stands for none:
   * such content ends with its connection (RFC 9112, 6.3).
   */
  boolean hasOtherCoding() {
    String codings = String.join(",", message.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING));
    if (codings.isEmpty() || codings.equalsIgnoreCase("chunked")) {
      return false;
    }
    return message.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
        || Stream.of(codings.split(",", -1))
            .anyMatch(coding -> CODINGS.contains(coding.strip().toLowerCase(Locale.ROOT)));
  }

  boolean keepsAlive() {
    return HttpUtil.isKeepAlive(message);
  }

  /** No content follows, whatever else the head says. */
  boolean isAllThereIs(String method) {
    return method.equals("HEAD")
        || status() == 204
        || status() == 304
        || message instanceof LastHttpContent; // HTTP/2: it ended with its head
  }

  /** Of the content, where the head tells. */
  OptionalLong length() {
    long told =
        HttpUtil.isTransferEncodingChunked(message) ? -1 : HttpUtil.getContentLength(message, -1L);
    return told < 0 ? OptionalLong.empty() : OptionalLong.of(told);
  }

  /** Events or messages, which may be long in coming. */
  boolean mayRest() {
    String type = message.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    return EventStream.is(type) || Grpc.is(type);
  }
}
