package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Response;
import gyre.wire.HeaderField;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.OptionalLong;

/**
 * A response's head as bytes, and how its body is delimited (RFC 9112, 6): {@code sendsBody} is
 * false for HEAD, 204 and 304.
 */
record ResponseHead(boolean sendsBody, boolean chunked, boolean keepAlive) {
  private static final byte[] CRLF = "\r\n".getBytes(ISO_8859_1);
  private static final byte[] COLON = ": ".getBytes(ISO_8859_1);
  private static final byte[] OK = newStatusLine(200);

  static ResponseHead of(RequestHead request, Response response, boolean mayKeepAlive) {
    boolean sendsBody = request.allowsContent(response.status());
    boolean unknownLength = sendsBody && response.body().length().isEmpty();
    boolean chunked = unknownLength && request.version() != HttpVersion.HTTP_1_0;
    return new ResponseHead(
        sendsBody, chunked, mayKeepAlive && keepsAlive(request) && (chunked || !unknownLength));
  }

  /** Whether the client wants the connection to stay (RFC 9112, 9.3). */
  private static boolean keepsAlive(RequestHead request) {
    return request.version() == HttpVersion.HTTP_1_0
        ? request.headers().lists("connection", "keep-alive")
        : !request.headers().lists("connection", "close");
  }

  /** Appends the head, empty line included. */
  void write(RequestHead request, Response response, String date, ByteBuf out) {
    out.writeBytes(statusLine(response.status()));
    boolean dated = false;
    for (HeaderField field : response.headers().fields()) {
      if (isFraming(field.name()) && !(field.name().equals("content-length") && !sendsBody)) {
        continue;
      }
      dated |= field.name().equals("date");
      line(out, field.name(), field.value());
    }
    OptionalLong length = response.body().length();
    if (chunked) {
      line(out, "transfer-encoding", "chunked");
    } else if (sendsBody && length.isPresent()) {
      line(out, "content-length", Long.toString(length.getAsLong()));
    } else if (request.method().equals("HEAD")
        && length.orElse(0) > 0
        && !response.headers().contains("content-length")) {
      line(out, "content-length", Long.toString(length.getAsLong()));
    }
    if (!dated) {
      line(out, "date", date);
    }
    if (!keepAlive) {
      line(out, "connection", "close");
    } else if (request.version() == HttpVersion.HTTP_1_0) {
      line(out, "connection", "keep-alive");
    }
    out.writeBytes(CRLF);
  }

  /**
   * Appends the head of an interim response, which has neither content nor length (RFC 9110, 15.2).
   */
  static void writeInterim(int status, Headers headers, ByteBuf out) {
    out.writeBytes(statusLine(status));
    writeFields(headers, out);
  }

  /** Appends all but framing, then an empty line. */
  static void writeFields(Headers headers, ByteBuf out) {
    for (HeaderField field : headers.fields()) {
      if (!isFraming(field.name())) {
        line(out, field.name(), field.value());
      }
    }
    out.writeBytes(CRLF);
  }

  private static boolean isFraming(String name) {
    return switch (name) {
      case "content-length", "transfer-encoding", "connection", "keep-alive" -> true;
      default -> false;
    };
  }

  private static byte[] statusLine(int status) {
    return status == 200 ? OK : newStatusLine(status);
  }

  private static byte[] newStatusLine(int status) {
    return ("HTTP/1.1 " + status + " " + HttpResponseStatus.valueOf(status).reasonPhrase() + "\r\n")
        .getBytes(ISO_8859_1);
  }

  private static void line(ByteBuf out, String name, String value) {
    out.writeBytes(name.getBytes(ISO_8859_1));
    out.writeBytes(COLON);
    out.writeBytes(value.getBytes(ISO_8859_1));
    out.writeBytes(CRLF);
  }
}
