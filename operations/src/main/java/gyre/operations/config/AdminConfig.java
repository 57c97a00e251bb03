package gyre.operations.config;

import java.util.Optional;

/** Where a server's admin endpoint listens; anywhere but on loopback it needs a token. */
public record AdminConfig(HostPort listen, Optional<String> token) {}
