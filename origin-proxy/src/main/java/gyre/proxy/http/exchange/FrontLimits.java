package gyre.proxy.http.exchange;

import java.time.Duration;

/**
 * Bounds of the front. {@code head}: from the first byte of a request to the end of its head;
 * {@code idle}: between two requests; {@code betweenPieces}: without progress of a body in either
 * direction; {@code tunnelIdle}: without a byte in a tunnel; {@code drain}: how long running
 * requests may take when the proxy stops; {@code waiting}: requests that wait for an answer at the
 * same time; {@code queuedBytes}: of a request's body that nobody has taken yet; {@code body}:
 * bytes of a request's body in all; {@code bodyRate}: bytes of it in a second at least, on average
 * while somebody waits for them; {@code connectionsPerClient}: open at the same time.
 */
public record FrontLimits(
    Duration head,
    Duration idle,
    Duration betweenPieces,
    Duration tunnelIdle,
    Duration drain,
    int waiting,
    int queuedBytes,
    long body,
    long bodyRate,
    int connectionsPerClient) {

  /** Slower than any modem. */
  private static final long SLOWEST = 256;

  public static final FrontLimits DEFAULT =
      new FrontLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(75),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10),
          Duration.ofSeconds(10),
          8_192,
          256 << 10,
          1L << 30,
          SLOWEST,
          1_024);

  /** With the usual rate of bodies and without a bound on one client's connections. */
  public FrontLimits(
      Duration head,
      Duration idle,
      Duration betweenPieces,
      Duration tunnelIdle,
      Duration drain,
      int waiting,
      int queuedBytes,
      long body) {
    this(
        head,
        idle,
        betweenPieces,
        tunnelIdle,
        drain,
        waiting,
        queuedBytes,
        body,
        SLOWEST,
        Integer.MAX_VALUE);
  }

  /** The same with another bound on one client's connections. */
  public FrontLimits withConnectionsPerClient(int most) {
    return new FrontLimits(
        head, idle, betweenPieces, tunnelIdle, drain, waiting, queuedBytes, body, bodyRate, most);
  }

  /** The same with another time for running requests. */
  public FrontLimits withDrain(Duration deadline) {
    return new FrontLimits(
        head,
        idle,
        betweenPieces,
        tunnelIdle,
        deadline,
        waiting,
        queuedBytes,
        body,
        bodyRate,
        connectionsPerClient);
  }

  /** The same with another bound on a request's body. */
  public FrontLimits withBody(long bytes) {
    return new FrontLimits(
        head,
        idle,
        betweenPieces,
        tunnelIdle,
        drain,
        waiting,
        queuedBytes,
        bytes,
        bodyRate,
        connectionsPerClient);
  }

  /** The same with another rate of a request's body, 0 for any. */
  public FrontLimits withBodyRate(long bytesPerSecond) {
    return new FrontLimits(
        head,
        idle,
        betweenPieces,
        tunnelIdle,
        drain,
        waiting,
        queuedBytes,
        body,
        bytesPerSecond,
        connectionsPerClient);
  }
}
