package gyre.proxy.swarm;

import gyre.wire.AppId;
import java.net.URI;
import java.util.List;
import java.util.Set;

/** Where the signalling server is, which sites this proxy speaks for, which apps it needs run. */
public record SwarmConfig(URI signalling, List<String> sites, Set<AppId> apps) {
  public SwarmConfig {
    sites = List.copyOf(sites);
    apps = Set.copyOf(apps);
  }
}
