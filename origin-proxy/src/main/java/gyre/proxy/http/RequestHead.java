package gyre.proxy.http;

import gyre.proxy.message.Headers;

/**
 * A request's head, checked: exactly one valid host, unambiguous framing. {@code minor} is the
 * minor version of HTTP/1.
 */
record RequestHead(
    String method, String authority, String target, Headers headers, Framing framing, int minor) {

  /** Stands for a request whose head could not be read; its connection does not stay. */
  static final RequestHead UNREADABLE =
      new RequestHead("GET", "", "/", Headers.EMPTY, new Framing.None(), 0);

  /** Whether the client wants the connection to stay (RFC 9112, 9.3). */
  boolean keepsAlive() {
    return minor == 0
        ? headers.lists("connection", "keep-alive")
        : !headers.lists("connection", "close");
  }

  boolean expectsContinue() {
    return minor == 1
        && headers.first("expect").filter(e -> e.equalsIgnoreCase("100-continue")).isPresent();
  }
}
