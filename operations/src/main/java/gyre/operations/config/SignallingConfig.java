package gyre.operations.config;

import gyre.operations.address.AddressRanges;
import java.net.URI;
import java.util.Optional;

/**
 * The signalling server: where it listens (or the {@code url} of one that runs elsewhere), its
 * admin address, the node name in its peers' ids (random when absent), and the addresses whose
 * X-Forwarded-For it believes.
 */
public record SignallingConfig(
    HostPort listen,
    Optional<URI> url,
    AdminConfig admin,
    Optional<String> node,
    AddressRanges trustedProxies,
    int connections,
    int connectionsPerAddress) {

  /** Where a client connects. */
  public URI connectTo() {
    return url.orElseGet(() -> URI.create("ws://" + listen));
  }
}
