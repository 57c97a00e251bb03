package gyre.proxy.app;

import java.time.Duration;

/**
 * Bounds of one app's executor. {@code deadline}: how long a request may wait for its response's
 * head, and how long the process may be stuck; {@code memory}: resident bytes of the process;
 * {@code start}: from launch to the first answer; {@code startPatience}: how long a request waits
 * for a process that is starting; {@code probe}, {@code heartbeat}, {@code memoryCheck}: the
 * supervisor's own rhythm.
 */
record ExecutorLimits(
    Duration deadline,
    long memory,
    Duration start,
    Duration startPatience,
    Duration probe,
    Duration heartbeat,
    Duration memoryCheck) {
  private static final Duration HEALTHY = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  static ExecutorLimits of(Duration deadline, long memory) {
    return new ExecutorLimits(
        deadline,
        memory,
        Duration.ofSeconds(10),
        Duration.ofSeconds(2),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(250));
  }

  /** Whether a process that ran so long counts as having worked. */
  boolean isHealthy(long nanos) {
    return nanos > HEALTHY.toNanos();
  }

  /** The first replacement comes at once; then the pause doubles with every failure in a row. */
  Duration pause(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }
}
