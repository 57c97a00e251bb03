package gyre.operations.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Certificates by ACME (RFC 8555): whom to ask, in whose name, where the account's key and the
 * certificates are kept, and how host names are proved, in the order of preference. {@code ca}: PEM
 * that the directory's own TLS is verified with instead of the system's authorities. {@code
 * renewBefore} the end; a third of a certificate's life where it is empty. That the CA's terms are
 * agreed to is a condition for such a configuration to exist.
 */
public record AcmeConfig(
    URI directory,
    Optional<String> email,
    Path folder,
    List<Challenge> challenges,
    Optional<Path> ca,
    Optional<Duration> renewBefore) {
  public AcmeConfig {
    challenges = List.copyOf(challenges);
  }

  /** RFC 8555, 8.3, and RFC 8737. */
  public enum Challenge {
    HTTP_01,
    TLS_ALPN_01
  }
}
