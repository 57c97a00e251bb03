package gyre.operations.config;

import java.nio.file.Path;
import java.util.List;

/**
 * HTTPS: where to listen, and the certificates (PEM, the chain with the leaf first) with their keys
 * (PEM, PKCS#8).
 */
public record TlsConfig(HostPort listen, List<Certificate> certificates) {
  public TlsConfig {
    certificates = List.copyOf(certificates);
  }

  public record Certificate(Path cert, Path key) {}
}
