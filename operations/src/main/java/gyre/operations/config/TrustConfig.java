package gyre.operations.config;

import java.util.List;

/** Public identity keys (base64url, 32 bytes each) beyond those under {@code data/trust}. */
public record TrustConfig(List<String> proxies, List<String> workers) {
  public TrustConfig {
    proxies = List.copyOf(proxies);
    workers = List.copyOf(workers);
  }
}
