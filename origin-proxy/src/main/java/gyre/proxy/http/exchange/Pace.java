package gyre.proxy.http.exchange;

import java.time.Duration;

/**
 * Whether a client sends its request's body fast enough. Only the time counts in which somebody
 * waited for it: a slow server is not the client's fault. Owned by the event loop.
 */
final class Pace {
  private final long bytesPerSecond;
  private final long grace;
  private boolean isAwaited;
  private long awaitedSince;
  private long awaited;
  private long received;

  /** {@code bytesPerSecond}: 0 for any rate; {@code grace}: awaited before it is asked for. */
  Pace(long bytesPerSecond, Duration grace) {
    this.bytesPerSecond = bytesPerSecond;
    this.grace = grace.toNanos();
  }

  /** Whoever reads the body has nothing to read, at this {@link System#nanoTime}. */
  void awaited(long now) {
    if (!isAwaited) {
      isAwaited = true;
      awaitedSince = now;
    }
  }

  /** So many bytes have come; false where they and all before them took too long. */
  boolean received(int bytes, long now) {
    received += bytes;
    if (isAwaited) {
      isAwaited = false;
      awaited += now - awaitedSince;
    }
    return awaited <= grace || received >= bytesPerSecond * (awaited / 1_000_000_000.0);
  }
}
