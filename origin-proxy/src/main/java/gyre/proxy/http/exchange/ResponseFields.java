package gyre.proxy.http.exchange;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.wire.HeaderField;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * The head of a response as HTTP/2 and HTTP/3 send it. {@code length}: of the content, if it is
 * told; {@code keepsLength}: the headers' own Content-Length stands, as for HEAD; {@code date}: for
 * a response without one, empty for none.
 */
public record ResponseFields(
    int status, Headers headers, OptionalLong length, boolean keepsLength, String date) {

  /** Of a response that is not the final one (RFC 9110, 15.2). */
  public static ResponseFields interim(int status, Headers headers) {
    return new ResponseFields(status, headers, OptionalLong.empty(), false, "");
  }

  public static ResponseFields of(RequestHead request, Response response, String date) {
    OptionalLong length = response.body().length();
    boolean sendsContent = request.allowsContent(response.status());
    boolean isHead = request.method().equals("HEAD");
    boolean tells =
        sendsContent
            || (isHead && length.orElse(0) > 0 && !response.headers().contains("content-length"));
    return new ResponseFields(
        response.status(),
        response.headers(),
        tells ? length : OptionalLong.empty(),
        !sendsContent,
        date);
  }

  /** Each field in its order, the pseudo-header field first. */
  public void each(BiConsumer<String, String> field) {
    field.accept(":status", status == 200 ? "200" : Integer.toString(status));
    boolean dated = false;
    for (HeaderField one : headers.fields()) {
      if (isOurs(one.name()) && !(one.name().equals("content-length") && keepsLength)) {
        continue;
      }
      dated |= one.name().equals("date");
      field.accept(one.name(), one.value());
    }
    if (length.isPresent()) {
      field.accept("content-length", Long.toString(length.getAsLong()));
    }
    if (!dated && !date.isEmpty()) {
      field.accept("date", date);
    }
  }

  /** What has no place there (RFC 9113, 8.2.2; RFC 9114, 4.2), or is said anew. */
  private static boolean isOurs(String name) {
    return switch (name) {
      case "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "proxy-connection",
          "upgrade" ->
          true;
      default -> false;
    };
  }
}
