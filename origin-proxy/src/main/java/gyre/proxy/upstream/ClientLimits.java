package gyre.proxy.upstream;

import gyre.proxy.message.Patience;
import java.time.Duration;

/**
 * Bounds of the HTTP client: deadlines for connecting, for a response's head and between two pieces
 * of its body, of a stream of events ({@code betweenEvents}) longer; the bytes of a body that wait
 * for their reader; and the idle connections kept per endpoint, with how long.
 */
public record ClientLimits(
    Duration connect,
    Duration head,
    Duration betweenPieces,
    Duration betweenEvents,
    int queuedBytes,
    int idleConnections,
    Duration idle) {
  public static final ClientLimits DEFAULT =
      new ClientLimits(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofMinutes(10),
          64 << 10,
          64,
          Duration.ofSeconds(30));

  public ClientLimits withHead(Duration head) {
    return new ClientLimits(
        connect, head, betweenPieces, betweenEvents, queuedBytes, idleConnections, idle);
  }

  ClientLimits with(Patience patience) {
    return patience.equals(Patience.USUAL)
        ? this
        : new ClientLimits(
            connect,
            patience.head().orElse(head),
            patience.between().orElse(betweenPieces),
            patience.between().orElse(betweenEvents),
            queuedBytes,
            idleConnections,
            idle);
  }
}
