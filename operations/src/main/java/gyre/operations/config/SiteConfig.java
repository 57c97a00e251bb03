package gyre.operations.config;

import java.net.URI;
import java.util.List;

/**
 * One site: host names in lower case without port ({@code *} takes every name), upstreams and how
 * they are asked, peer policy, routes.
 */
public record SiteConfig(
    String id,
    List<String> hosts,
    List<URI> upstreams,
    UpstreamConfig upstream,
    PeersConfig peers,
    List<RouteConfig> routes) {
  public SiteConfig {
    hosts = List.copyOf(hosts);
    upstreams = List.copyOf(upstreams);
    routes = List.copyOf(routes);
  }
}
