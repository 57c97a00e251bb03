package gyre.operations.config;

import java.time.Duration;

/**
 * What origin-proxy keeps: bytes of representations in memory, and on disk below {@code data/cache}
 * (none there where {@code disk} is 0); {@code negativeTtl}: for how long errors that do not tell.
 */
public record CacheConfig(long memory, long disk, Duration negativeTtl) {}
