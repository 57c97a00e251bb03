package gyre.proxy.upstream.whole;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits for what another thread does in a moment. */
final class FixtureWait {
  private FixtureWait() {}

  /** Until it has not changed for 300 ms. */
  static void untilSteady(LongSupplier value) {
    long[] last = {value.getAsLong(), System.nanoTime()};
    until(
        () -> {
          long now = value.getAsLong();
          if (now != last[0]) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          return System.nanoTime() - last[1] > Duration.ofMillis(300).toNanos();
        });
  }

  static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come about within 10 s");
      }
      Thread.onSpinWait();
    }
  }
}
