package gyre.proxy.http.exchange;

/** How a request's content is delimited. */
public sealed interface Framing {
  record None() implements Framing {}

  /** Told beforehand. */
  record Length(long bytes) implements Framing {}

  /** By its own end: the last chunk (RFC 9112, 7.1), END_STREAM (RFC 9113, 8.1). */
  record Delimited() implements Framing {}

  /** It has none: what follows is of another protocol, and has no end of its own (RFC 8441). */
  record Tunnel() implements Framing {}
}
