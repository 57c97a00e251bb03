package gyre.proxy.message;

/**
 * Where the interim responses to a request go (RFC 9110, 15.2): 1xx, but for 100 and 101, which
 * concern one connection only. They come before the final response, at most {@link #MOST} of them.
 */
@FunctionalInterface
public interface Interim {
  /** To one request; a server that sends more is not to be trusted with the rest. */
  int MOST = 16;

  /** For whoever cannot take any, or asks on nobody's behalf. */
  Interim NONE = (version, status, headers) -> {};

  /**
   * Any thread; never blocks. What cannot be passed on at once is dropped. {@code version}: in
   * which it came.
   */
  void responded(HttpVersion version, int status, Headers headers);
}
