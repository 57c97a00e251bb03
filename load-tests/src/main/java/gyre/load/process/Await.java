package gyre.load.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition with a deadline. Blocks the caller; asks every 20 ms. */
public final class Await {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Await() {}

  /** Throws an IllegalStateException that says what did not come true in time. */
  public static void until(String what, Duration deadline, BooleanSupplier condition) {
    Optional<Boolean> met =
        poll(deadline, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    if (met.isEmpty()) {
      throw new IllegalStateException("not within " + deadline.toMillis() + " ms: " + what);
    }
  }

  /** The first value that the supplier has, or empty after the deadline. */
  public static <T> Optional<T> poll(Duration deadline, Supplier<Optional<T>> supplier) {
    long end = System.nanoTime() + deadline.toNanos();
    while (true) {
      Optional<T> value = supplier.get();
      if (value.isPresent() || System.nanoTime() >= end || Thread.currentThread().isInterrupted()) {
        return value;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
