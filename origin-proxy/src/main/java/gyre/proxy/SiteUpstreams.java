package gyre.proxy;

import gyre.operations.config.GyreConfig;
import gyre.operations.config.SiteConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.fetch.UpstreamSource;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.SiteUpstream;
import gyre.proxy.upstream.UpstreamTls;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upstreams of every site, with their connections, health checks and trusted authorities. */
final class SiteUpstreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SiteUpstreams.class);

  private final Transport transport;
  private final InstantSource clock;
  private final MeterRegistry metrics;
  private final SslContext usual;
  private final HttpClient client;
  private final Map<String, SiteUpstream> bySite = new HashMap<>();
  private final Map<URI, SslContext> tls = new HashMap<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  /** A StartFailure names a file of certificates that cannot be used. */
  SiteUpstreams(GyreConfig config, Transport transport, InstantSource clock, MeterRegistry metrics)
      throws IOException {
    this.transport = transport;
    this.clock = clock;
    this.metrics = metrics;
    this.usual = UpstreamTls.trustingTheSystem();
    this.client = own(new HttpClient(transport, usual, ClientLimits.DEFAULT));
    config.sites().forEach(this::add);
  }

  private void add(SiteConfig site) {
    HttpClient its = site.upstream().ca().map(ca -> client(site, ca)).orElse(client);
    bySite.put(site.id(), own(new SiteUpstream(its, site, clock, metrics)));
    warnOfUnreachable(its, site);
  }

  private HttpClient client(SiteConfig site, Path ca) {
    try {
      SslContext trusting = UpstreamTls.trusting(ca);
      site.upstreams().forEach(server -> tls.put(server, trusting));
      return own(new HttpClient(transport, trusting, ClientLimits.DEFAULT));
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure(
          "site '" + site.id() + "': upstream-ca " + ca + " holds no certificates that can be read",
          e);
    }
  }

  UpstreamSource of(SiteConfig site) {
    return Optional.<UpstreamSource>ofNullable(bySite.get(site.id()))
        .orElseThrow(() -> new IllegalStateException("no site " + site.id()));
  }

  /** For a tunnel to this server. */
  SslContext tls(URI server) {
    return tls.getOrDefault(server, usual);
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

  private <T extends AutoCloseable> T own(T part) {
    open.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("closing {}: {}", part.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
