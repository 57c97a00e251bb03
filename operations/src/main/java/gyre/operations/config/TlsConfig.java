package gyre.operations.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * HTTPS: where to listen, and the certificates (PEM, the chain with the leaf first) with their keys
 * (PEM, PKCS#8), or from whom to get them. {@code proxyProtocol}: whether connections begin with a
 * header of the PROXY protocol; {@code http3}: whether HTTP/3 is served at the same address, over
 * UDP.
 */
public record TlsConfig(
    HostPort listen,
    boolean proxyProtocol,
    List<Certificate> certificates,
    Optional<AcmeConfig> acme,
    boolean http3) {
  public TlsConfig {
    certificates = List.copyOf(certificates);
  }

  public record Certificate(Path cert, Path key) {}
}
