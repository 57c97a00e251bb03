package gyre.proxy.client;

import gyre.operations.config.PeersConfig;
import gyre.operations.config.RouteConfig;
import gyre.operations.config.SiteConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a site tells its visitors' browsers; PROTOCOL.md, section 6. Pure. */
final class SitePolicy {
  private SitePolicy() {}

  /** The policy as JSON-able values, for a page of this host. */
  static Map<String, Object> of(SiteConfig site, String host) {
    PeersConfig peers = site.peers();
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("consent", consent(peers.consent(), host));
    policy.put("minSize", peers.minSize());
    policy.put("eligible", List.of());
    policy.put("never", never(site));
    policy.put("hedgeMs", peers.hedgeDelay().toMillis());
    policy.put("elementMs", peers.elementDelay().toMillis());
    policy.put("uploadRate", peers.uploadRate());
    policy.put("uploadVolume", peers.uploadVolume());
    return policy;
  }

  /** Nobody is drafted: unset means off, but on the developer's own machine (DESIGN, 8.3). */
  static String consent(PeersConfig.Consent configured, String host) {
    return switch (configured) {
      case UNSET -> isLocal(host) ? "implied" : "off";
      case IMPLIED, ASK, OFF -> configured.name().toLowerCase(Locale.ROOT);
    };
  }

  static boolean isLocal(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("127.0.0.1")
        || host.equals("[::1]");
  }

  /** Patterns of what no peer is ever asked for. */
  private static List<String> never(SiteConfig site) {
    return site.routes().stream()
        .filter(
            route ->
                route.app().isPresent()
                    || route.cache() == RouteConfig.Use.NEVER
                    || route.peers() == RouteConfig.Use.NEVER)
        .map(RouteConfig::match)
        .toList();
  }
}
