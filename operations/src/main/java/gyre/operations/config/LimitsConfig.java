package gyre.operations.config;

/** What origin-proxy takes from a client: {@code body} in bytes, of one request. */
public record LimitsConfig(long body) {}
