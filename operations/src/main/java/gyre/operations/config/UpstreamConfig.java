package gyre.operations.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a site's upstreams are asked. {@code health}: each is asked for a path regularly; {@code ca}:
 * a PEM file whose certificates are trusted instead of the system's; {@code forwarding}: the fields
 * that tell them who asked; {@code protocol}: what they speak.
 */
public record UpstreamConfig(
    Optional<Health> health, Optional<Path> ca, Forwarding forwarding, Protocol protocol) {

  /** One GET per {@code interval} and upstream; well is whoever answers 2xx or 3xx in time. */
  public record Health(String path, Duration interval, Duration timeout) {}

  /**
   * {@code AUTO}: HTTP/1.1, but HTTP/2 for gRPC over https and wherever an address begins with h2c;
   * {@code H2}: HTTP/2 always.
   */
  public enum Protocol {
    AUTO,
    H2
  }

  /** RFC 7239, what was in use before it, or both. */
  public enum Forwarding {
    BOTH,
    FORWARDED,
    X_FORWARDED
  }
}
