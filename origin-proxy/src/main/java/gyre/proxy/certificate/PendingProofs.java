package gyre.proxy.certificate;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The proofs that are shown now: those by HTTP are held here, those by TLS by the listeners; and
 * the hosts that nobody else may prove. Any thread, never waits.
 */
public final class PendingProofs implements Prover {
  private record Name(String host, String token) {}

  private final Map<Name, String> contents = new ConcurrentHashMap<>();
  private final CertificateUser listeners;
  private volatile Set<String> owned = Set.of();

  public PendingProofs(CertificateUser listeners) {
    this.listeners = listeners;
  }

  @Override
  public Shown show(Proof proof) {
    return switch (proof) {
      case Proof.Http(String host, String token, String content) -> {
        Name name = new Name(host, token);
        contents.put(name, content);
        yield () -> contents.remove(name);
      }
      case Proof.Tls tls -> listeners.show(tls);
    };
  }

  /** Empty for whatever the authority did not ask of this host. */
  public Optional<String> content(String host, String token) {
    return contents.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(contents.get(new Name(host, token)));
  }

  /** These hosts and no others are proved by us alone from now on. */
  public void own(Collection<String> hosts) {
    owned = Set.copyOf(hosts);
  }

  public boolean owns(String host) {
    return owned.contains(host);
  }
}
