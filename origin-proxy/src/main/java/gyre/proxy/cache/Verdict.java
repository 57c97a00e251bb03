package gyre.proxy.cache;

/** What the cache can do for a request (RFC 9111, 4). */
public sealed interface Verdict {
  /** The answer, as it stands. */
  record Fresh(StoredResponse response, Representation content) implements Verdict {}

  /** The answer, as it stands, while it is validated in the background (RFC 5861, 3). */
  record Ageing(StoredResponse response, Representation content) implements Verdict {
    public Stale stale() {
      return new Stale(response, content, false);
    }
  }

  /**
   * It has to be validated first (4.3). {@code mayStandIn}: it is the answer where the upstream
   * cannot be reached or fails (RFC 5861, 4).
   */
  record Stale(StoredResponse response, Representation content, boolean mayStandIn)
      implements Verdict {}

  /** Memory knows the response, a disk its content: {@link ResponseCache#recall} goes on. */
  record OnDisk(StoredResponse response) implements Verdict {}

  record Miss() implements Verdict {}

  /** The request wants only what is stored, and nothing fitting is (5.2.1.7): 504. */
  record Unavailable() implements Verdict {}
}
