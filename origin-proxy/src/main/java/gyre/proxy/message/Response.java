package gyre.proxy.message;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * One final HTTP response. Whoever takes it closes its body. Its headers are those of the content:
 * framing and connection fields (RFC 9110, 7.6.1) belong to whoever writes it.
 */
public record Response(int status, Headers headers, Body body) {

  /** One line of text, never stored. */
  public static Response text(int status, String line) {
    return new Response(
        status,
        Headers.of("content-type", "text/plain; charset=utf-8", "cache-control", "no-store"),
        Body.of((line + "\n").getBytes(UTF_8)));
  }

  public Response withHeaders(Headers changed) {
    return new Response(status, changed, body);
  }

  public Response withBody(Body changed) {
    return new Response(status, headers, changed);
  }
}
