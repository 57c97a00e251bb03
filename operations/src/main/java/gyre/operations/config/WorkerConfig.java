package gyre.operations.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * worker-node: the loopback address whose port serves the apps' shells, its admin address, browser
 * and driver (found on PATH when absent), tabs per app, and dedicated workers per tab.
 */
public record WorkerConfig(
    HostPort listen,
    AdminConfig admin,
    Optional<Path> chromium,
    Optional<Path> chromedriver,
    int tabs,
    int threads) {}
