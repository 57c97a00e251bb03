package gyre.operations.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether http leads to https, the port that visitors reach https at (that of {@code tls.listen}
 * when empty), and what browsers are told to remember (RFC 6797).
 */
public record HttpsConfig(boolean redirect, Optional<Integer> port, Optional<Hsts> hsts) {
  public record Hsts(Duration maxAge, boolean subdomains) {}
}
