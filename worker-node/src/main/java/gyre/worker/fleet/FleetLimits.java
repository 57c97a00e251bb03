package gyre.worker.fleet;

import java.time.Duration;

/**
 * Bounds of a tab's life. {@code silence}: how long it may fail to answer; {@code renewBefore}: how
 * long before its end a token is replaced; {@code requests} and {@code memory} (bytes): after how
 * much a tab is recycled; {@code firstPause} and {@code longestPause}: between failed openings of
 * one job.
 */
public record FleetLimits(
    Duration silence,
    Duration renewBefore,
    long requests,
    long memory,
    Duration firstPause,
    Duration longestPause) {
  public static final FleetLimits DEFAULT =
      new FleetLimits(
          Duration.ofSeconds(15),
          Duration.ofMinutes(4),
          1_000_000,
          1L << 30,
          Duration.ofMillis(500),
          Duration.ofMinutes(1));

  Duration pause(int failures) {
    Duration pause = firstPause.multipliedBy(1L << Math.clamp(failures - 1L, 0, 20));
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
