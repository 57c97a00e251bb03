package gyre.proxy.store;

import java.util.function.BooleanSupplier;

/** Waits for what another thread does in a moment. */
final class Waiting {
  private static final long PATIENCE = 10_000_000_000L;

  private Waiting() {}

  static void until(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + PATIENCE;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 10 s: " + what);
      }
      Thread.onSpinWait();
    }
  }
}
