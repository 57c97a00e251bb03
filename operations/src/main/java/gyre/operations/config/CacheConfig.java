package gyre.operations.config;

/**
 * How many bytes of representations origin-proxy keeps in memory, and on disk below {@code
 * data/cache}: none there where {@code disk} is 0.
 */
public record CacheConfig(long memory, long disk) {}
