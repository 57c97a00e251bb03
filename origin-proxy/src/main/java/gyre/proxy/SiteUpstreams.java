package gyre.proxy;

import gyre.operations.config.SiteConfig;
import gyre.operations.config.UpstreamConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.fetch.UpstreamSource;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.ClientTls;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.SiteUpstream;
import gyre.proxy.upstream.UpstreamTls;
import gyre.wire.Bytes;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upstreams of every site, with their connections, health checks and trusted authorities. */
final class SiteUpstreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SiteUpstreams.class);

  /** What every generation of them shares. */
  record Common(Transport transport, InstantSource clock, MeterRegistry metrics, Trusted usual) {}

  /** Connections to servers that these authorities vouch for. */
  record Trusted(ClientTls tls, HttpClient client) {
    static Trusted by(ClientTls tls, Transport transport) {
      return new Trusted(tls, new HttpClient(transport, tls, ClientLimits.DEFAULT));
    }
  }

  private record Known(SiteConfig site, Trusted by, SiteUpstream upstream) {}

  /** A file of certificates as it was read. */
  private record Authorities(Bytes pem, Trusted trusted) {}

  private final Common common;
  private final Map<String, Known> bySite = new HashMap<>();
  private final Map<Path, Authorities> authorities = new HashMap<>();
  private final Map<URI, SslContext> tls = new HashMap<>();

  private SiteUpstreams(Common common) {
    this.common = common;
  }

  /** A StartFailure names a file of certificates that cannot be used. */
  static SiteUpstreams of(List<SiteConfig> sites, Common common) {
    return new SiteUpstreams(common).next(sites, () -> {});
  }

  /**
   * Those of other sites: what is unchanged goes on, and what is not is checked no longer; requests
   * that have begun may still end with it. {@code swap} takes what else may fail; a StartFailure
   * leaves these as they are.
   */
  SiteUpstreams next(List<SiteConfig> sites, Runnable swap) {
    SiteUpstreams next = new SiteUpstreams(common);
    boolean trusted = false;
    try {
      sites.forEach(site -> next.trust(site, this));
      swap.run();
      trusted = true;
    } finally {
      if (!trusted) {
        next.closeAuthorities(this);
      }
    }
    bySite.forEach(
        (id, known) -> {
          if (!sites.contains(known.site()) || !next.trusts(known)) {
            known.upstream().close();
          }
        });
    sites.forEach(site -> next.add(site, Optional.ofNullable(bySite.get(site.id()))));
    return next;
  }

  private void trust(SiteConfig site, SiteUpstreams before) {
    Optional<Path> ca = site.upstream().ca();
    if (ca.isPresent() && !authorities.containsKey(ca.get())) {
      Authorities fresh = read(site, ca.get(), before.authorities.get(ca.get()));
      authorities.put(ca.get(), fresh);
    }
  }

  /** What was read before, where the file still holds the same. */
  private Authorities read(SiteConfig site, Path ca, @Nullable Authorities before) {
    Bytes pem = pem(site, ca);
    return before != null && before.pem().equals(pem)
        ? before
        : new Authorities(pem, Trusted.by(tls(site, ca), common.transport()));
  }

  private static Bytes pem(SiteConfig site, Path ca) {
    try {
      return Bytes.owning(Files.readAllBytes(ca));
    } catch (IOException e) {
      throw unreadable(site, ca, e);
    }
  }

  private static ClientTls tls(SiteConfig site, Path ca) {
    try {
      return UpstreamTls.both(Optional.of(ca));
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(site, ca, e);
    }
  }

  private static StartFailure unreadable(SiteConfig site, Path ca, Exception cause) {
    return new StartFailure(
        "site '" + site.id() + "': upstream-ca " + ca + " holds no certificates that can be read",
        cause);
  }

  /** Reads every file of certificates; a StartFailure names one that cannot be used. */
  static void check(List<SiteConfig> sites) {
    for (SiteConfig site : sites) {
      var _ = site.upstream().ca().map(ca -> tls(site, ca));
    }
  }

  private Trusted trusted(SiteConfig site) {
    return site.upstream()
        .ca()
        .flatMap(ca -> Optional.ofNullable(authorities.get(ca)))
        .map(Authorities::trusted)
        .orElse(common.usual());
  }

  /** Whether its connections are still made by the same authorities. */
  private boolean trusts(Known known) {
    return trusted(known.site()).equals(known.by());
  }

  private void add(SiteConfig site, Optional<Known> before) {
    Trusted its = trusted(site);
    site.upstreams().forEach(server -> tls.put(server, its.tls().http1()));
    Optional<Known> same = before.filter(known -> known.site().equals(site) && trusts(known));
    if (same.isPresent()) {
      bySite.put(site.id(), same.get());
    } else {
      warnOfUnreachable(its.client(), site);
      bySite.put(
          site.id(),
          new Known(
              site, its, new SiteUpstream(its.client(), site, common.clock(), common.metrics())));
    }
  }

  UpstreamSource of(SiteConfig site) {
    return Optional.ofNullable(bySite.get(site.id()))
        .<UpstreamSource>map(Known::upstream)
        .orElseThrow(() -> new IllegalStateException("no site " + site.id()));
  }

  /** Connections that wait for a request now. */
  int idleConnections() {
    return common.usual().client().idleConnections()
        + authorities.values().stream()
            .mapToInt(held -> held.trusted().client().idleConnections())
            .sum();
  }

  /** For a tunnel to this server. */
  SslContext tls(URI server) {
    return tls.getOrDefault(server, common.usual().tls().http1());
  }

  /**
   * A missing upstream is no reason not to start: peers and cache may do without it for a while.
   */
  private static void warnOfUnreachable(HttpClient client, SiteConfig site) {
    boolean isH2 = site.upstream().protocol() == UpstreamConfig.Protocol.H2;
    for (URI upstream : site.upstreams()) {
      Thread.ofVirtual()
          .name("gyre-probe")
          .start(
              () -> {
                try {
                  client.probe(Endpoint.of(upstream, isH2));
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

  /** Ends the connections by authorities that these others do not know. */
  void closeAuthorities(SiteUpstreams others) {
    authorities.forEach(
        (ca, held) -> {
          if (!held.equals(others.authorities.get(ca))) {
            held.trusted().client().close();
          }
        });
  }

  @Override
  public void close() {
    bySite.values().forEach(known -> known.upstream().close());
    authorities.values().forEach(held -> held.trusted().client().close());
  }
}
