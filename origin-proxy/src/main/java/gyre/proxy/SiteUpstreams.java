package gyre.proxy;

import gyre.operations.config.GyreConfig;
import gyre.operations.config.SiteConfig;
import gyre.proxy.fetch.UpstreamSource;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.SiteUpstream;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upstreams of every site, with their connections and health checks. */
final class SiteUpstreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SiteUpstreams.class);

  private final Map<String, SiteUpstream> bySite = new HashMap<>();

  SiteUpstreams(GyreConfig config, HttpClient client, InstantSource clock, MeterRegistry metrics) {
    for (SiteConfig site : config.sites()) {
      bySite.put(site.id(), new SiteUpstream(client, site, clock, metrics));
      warnOfUnreachable(client, site);
    }
  }

  UpstreamSource of(SiteConfig site) {
    return Optional.<UpstreamSource>ofNullable(bySite.get(site.id()))
        .orElseThrow(() -> new IllegalStateException("no site " + site.id()));
  }

  /**
   * A missing upstream is no reason not to start: peers and cache may do without it for a while.
   */
  private static void warnOfUnreachable(HttpClient client, SiteConfig site) {
    for (URI upstream : site.upstreams()) {
      Thread.ofVirtual()
          .name("gyre-probe")
          .start(
              () -> {
                try {
                  client.probe(Endpoint.of(upstream));
                } catch (IOException e) {
                  log.warn(
                      "site {}: its upstream {} is not reachable now ({}); check"
                          + " sites[].upstreams",
                      site.id(),
                      upstream,
                      e.getMessage());
                }
              });
    }
  }

  @Override
  public void close() {
    bySite.values().forEach(SiteUpstream::close);
  }
}
