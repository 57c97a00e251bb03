package gyre.proxy.http;

/** How a request's content is delimited (RFC 9112, 6.3). */
sealed interface Framing {
  record None() implements Framing {}

  record Length(long bytes) implements Framing {}

  record Chunked() implements Framing {}
}
