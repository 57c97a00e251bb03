package gyre.wire;

import java.util.Locale;

/** One header of an HTTP message (RFC 9110, 5): the name in lower case, one value. */
public record HeaderField(String name, String value) {
  public HeaderField {
    name = name.toLowerCase(Locale.ROOT);
    Limits.within("header name", name.length(), Limits.HEADER_NAME);
    Limits.within("header value", value.length(), Limits.HEADER_VALUE);
  }
}
