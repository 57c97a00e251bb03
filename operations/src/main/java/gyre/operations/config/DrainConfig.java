package gyre.operations.config;

import java.time.Duration;

/**
 * How origin-proxy stops: for {@code delay} it says that it is not ready and serves on, so that
 * balancers turn away; then it takes no connection any more, and running requests have {@code
 * deadline} to end.
 */
public record DrainConfig(Duration delay, Duration deadline) {}
