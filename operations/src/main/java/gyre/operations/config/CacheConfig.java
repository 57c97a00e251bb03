package gyre.operations.config;

import java.time.Duration;

/**
 * What origin-proxy keeps: bytes of representations in memory, and on disk below {@code data/cache}
 * (none there where {@code disk} is 0); {@code largest}: bytes of one representation; {@code
 * negativeTtl}: for how long errors that do not tell.
 */
public record CacheConfig(long memory, long disk, long largest, Duration negativeTtl) {
  /** More is no use: its list of hashes alone would be longer than 8 MiB. */
  static final long MOST = 16L << 30;

  /** A quarter of the disk; where there is none, of memory. */
  static long usualLargest(long memory, long disk) {
    return Math.min(MOST, (disk > 0 ? disk : memory) / 4);
  }
}
