package gyre.proxy.message;

import gyre.wire.Limits;
import java.util.Set;

/**
 * Which fields may stand behind a body: none that says where the message ends, where it goes, who
 * sends it, what to do with it, or how to read its content (RFC 9110, 6.5.1).
 */
public final class Trailers {
  private static final Set<String> FORBIDDEN =
      Set.of(
          "age",
          "authorization",
          "cache-control",
          "cdn-cache-control",
          "connection",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "date",
          "expect",
          "expires",
          "forwarded",
          "host",
          "keep-alive",
          "location",
          "max-forwards",
          "pragma",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "range",
          "retry-after",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "vary",
          "via",
          "warning",
          "www-authenticate");

  private Trailers() {}

  /**
   * What of a received trailer section is passed on; an IllegalArgumentException says that it holds
   * more than {@link Limits#HEADERS} fields.
   */
  public static Headers permitted(Headers received) {
    if (received.fields().size() > Limits.HEADERS) {
      throw new IllegalArgumentException("more than " + Limits.HEADERS + " trailer fields");
    }
    return received.without(field -> isForbidden(field.name()));
  }

  private static boolean isForbidden(String name) {
    return FORBIDDEN.contains(name) || name.startsWith("if-") || name.startsWith("x-forwarded-");
  }
}
