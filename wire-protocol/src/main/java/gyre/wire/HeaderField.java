package gyre.wire;

import java.util.List;
import java.util.Locale;

/**
 * One header of an HTTP message (RFC 9110, 5): the name in lower case, one value. A value holds no
 * control character but the tab, so that what a peer sent cannot split a message of HTTP/1.1.
 */
public record HeaderField(String name, String value) {
  public HeaderField {
    name = name.toLowerCase(Locale.ROOT);
    if (!HttpSyntax.isToken(name)) {
      throw new IllegalArgumentException("not the name of a header");
    }
    if (!HttpSyntax.isFieldValue(value)) {
      throw new IllegalArgumentException("not the value of a header: " + name);
    }
    Limits.within("header name", name.length(), Limits.HEADER_NAME);
    Limits.text("header value", value, Limits.HEADER_VALUE);
  }

  /** Throws IllegalArgumentException where these are more headers than a message may have. */
  public static void checkTogether(List<HeaderField> headers) {
    Limits.within("headers", headers.size(), Limits.HEADERS);
    int total = 0;
    for (HeaderField header : headers) {
      total += Utf8.length(header.name) + Utf8.length(header.value);
    }
    Limits.within("headers in all", total, Limits.HEADERS_TOTAL);
  }
}
