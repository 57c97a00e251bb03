package gyre.proxy.message;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One final HTTP response. Whoever takes it closes its body. Its headers are those of the content:
 * framing and connection fields (RFC 9110, 7.6.1) belong to whoever writes it. {@code version}: in
 * which it came.
 */
public record Response(int status, Headers headers, Body body, HttpVersion version) {

  /** In HTTP/1.1, or of our own. */
  public Response(int status, Headers headers, Body body) {
    this(status, headers, body, HttpVersion.HTTP_1_1);
  }

  /** One line of text, never stored. */
  public static Response text(int status, String line) {
    return new Response(
        status,
        Headers.of("content-type", "text/plain; charset=utf-8", "cache-control", "no-store"),
        Body.of((line + "\n").getBytes(UTF_8)));
  }

  public Response withHeaders(Headers changed) {
    return new Response(status, changed, body, version);
  }

  public Response withBody(Body changed) {
    return new Response(status, headers, changed, version);
  }
}
