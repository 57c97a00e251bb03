package gyre.proxy.swarm;

import java.time.Duration;

/** A moment on the monotonic clock until which something is waited for. */
record Deadline(long nanoTime) {

  static Deadline in(Duration duration) {
    return new Deadline(System.nanoTime() + duration.toNanos());
  }

  /** Nanoseconds left; zero or less once it has passed. */
  long nanosLeft() {
    return nanoTime - System.nanoTime();
  }

  Duration left() {
    return Duration.ofNanos(Math.max(0, nanosLeft()));
  }

  boolean hasPassed() {
    return nanosLeft() <= 0;
  }

  /** The earlier of this one and one in so long from now. */
  Deadline atMost(Duration duration) {
    return left().compareTo(duration) <= 0 ? this : in(duration);
  }
}
