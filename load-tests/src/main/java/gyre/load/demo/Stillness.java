package gyre.load.demo;

import java.time.Duration;
import java.util.Optional;

/** Whether readings have been the same for a while. One thread; time is handed in. */
final class Stillness<T> {
  private final Duration needed;
  private Optional<T> last = Optional.empty();
  private long since;

  Stillness(Duration needed) {
    this.needed = needed;
  }

  boolean isStill(T reading, long nowNanos) {
    if (!last.equals(Optional.of(reading))) {
      last = Optional.of(reading);
      since = nowNanos;
    }
    return nowNanos - since >= needed.toNanos();
  }
}
