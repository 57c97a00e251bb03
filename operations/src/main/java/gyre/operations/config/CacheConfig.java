package gyre.operations.config;

/** How many bytes of representations origin-proxy keeps in memory. */
public record CacheConfig(long memory) {}
