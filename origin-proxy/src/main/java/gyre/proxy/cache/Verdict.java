package gyre.proxy.cache;

/** What the cache can do for a request (RFC 9111, 4). */
public sealed interface Verdict {
  /** The answer, as it stands. */
  record Fresh(StoredResponse response, Representation content) implements Verdict {}

  /** It has to be validated first (4.3). */
  record Stale(StoredResponse response, Representation content) implements Verdict {}

  record Miss() implements Verdict {}

  /** The request wants only what is stored, and nothing fitting is (5.2.1.7): 504. */
  record Unavailable() implements Verdict {}
}
