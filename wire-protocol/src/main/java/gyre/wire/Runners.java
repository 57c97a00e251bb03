package gyre.wire;

import java.util.List;

/** The workers that run an app, best first. */
public record Runners(AppId app, List<PeerId> peers) {
  public Runners {
    peers = List.copyOf(peers);
    Limits.within("runners", peers.size(), Limits.PROVIDERS_PER_DIGEST);
  }
}
