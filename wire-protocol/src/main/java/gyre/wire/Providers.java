package gyre.wire;

import java.util.List;

/** The peers that hold a digest, best first. */
public record Providers(Digest digest, List<PeerId> peers) {
  public Providers {
    peers = List.copyOf(peers);
    Limits.within("providers", peers.size(), Limits.PROVIDERS_PER_DIGEST);
  }
}
