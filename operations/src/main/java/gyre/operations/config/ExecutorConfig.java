package gyre.operations.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * origin-proxy's own app executor: the workerd binary (searched when absent), deadline per request,
 * memory per app.
 */
public record ExecutorConfig(Optional<Path> workerd, Duration deadline, long memory) {}
