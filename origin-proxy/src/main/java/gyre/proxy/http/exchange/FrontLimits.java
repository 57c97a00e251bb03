package gyre.proxy.http.exchange;

import java.time.Duration;

/** Bounds of the front: for how long, how large, and for how many at once. */
public record FrontLimits(Times times, Bodies bodies, Crowd crowd) {
  public static final FrontLimits DEFAULT =
      new FrontLimits(Times.DEFAULT, Bodies.DEFAULT, Crowd.DEFAULT);

  /**
   * {@code head}: from the first byte of a request to the end of its head; {@code idle}: between
   * two requests; {@code betweenPieces}: without progress of a body in either direction; {@code
   * tunnelIdle}: without a byte in a tunnel; {@code drain}: how long running requests may take when
   * the proxy stops.
   */
  public record Times(
      Duration head, Duration idle, Duration betweenPieces, Duration tunnelIdle, Duration drain) {
    public static final Times DEFAULT =
        new Times(
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10));

    /** The same with another time for running requests. */
    public Times withDrain(Duration deadline) {
      return new Times(head, idle, betweenPieces, tunnelIdle, deadline);
    }
  }

  /**
   * Of a request's body, in bytes. {@code most}: in all; {@code bytesPerSecond}: at least, on
   * average while somebody waits for them, 0 for any rate; {@code queued}: that nobody has taken
   * yet.
   */
  public record Bodies(long most, long bytesPerSecond, int queued) {
    /** A rate below any modem's. */
    public static final Bodies DEFAULT = new Bodies(1L << 30, 256, 256 << 10);
  }

  /**
   * {@code waiting}: requests that wait for an answer at the same time; {@code
   * connectionsPerClient}: open at the same time.
   */
  public record Crowd(int waiting, int connectionsPerClient) {
    public static final Crowd DEFAULT = new Crowd(8_192, 1_024);
  }
}
