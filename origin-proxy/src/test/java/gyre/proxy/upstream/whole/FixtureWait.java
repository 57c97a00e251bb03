package gyre.proxy.upstream.whole;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what another thread does in a moment. */
final class FixtureWait {
  private FixtureWait() {}

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
