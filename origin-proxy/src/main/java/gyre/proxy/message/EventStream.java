package gyre.proxy.message;

import java.util.Locale;

/**
 * Server-sent events (WHATWG HTML, 9.2): a response without an end, each piece of which is due at
 * once. It is never stored, joined, collected or compressed.
 */
public final class EventStream {
  public static final String TYPE = "text/event-stream";

  private EventStream() {}

  public static boolean is(Headers headers) {
    return headers.first("content-type").filter(EventStream::is).isPresent();
  }

  /** Of a Content-Type. */
  public static boolean is(String contentType) {
    String type = contentType.strip().toLowerCase(Locale.ROOT);
    return type.startsWith(TYPE)
        && (type.length() == TYPE.length() || " \t;".indexOf(type.charAt(TYPE.length())) >= 0);
  }
}
