package gyre.proxy.upstream;

import java.time.Duration;

/**
 * Bounds of the HTTP client: deadlines for connecting, for a response's head and between two pieces
 * of its body; the bytes of a body that wait for their reader; and the idle connections kept per
 * endpoint, with how long.
 */
public record ClientLimits(
    Duration connect,
    Duration head,
    Duration betweenPieces,
    int queuedBytes,
    int idleConnections,
    Duration idle) {
  public static final ClientLimits DEFAULT =
      new ClientLimits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          256 << 10,
          64,
          Duration.ofSeconds(30));

  public ClientLimits withHead(Duration head) {
    return new ClientLimits(connect, head, betweenPieces, queuedBytes, idleConnections, idle);
  }
}
