package gyre.proxy;

import gyre.operations.config.GyreConfig;
import gyre.operations.config.SiteConfig;
import gyre.operations.config.TlsConfig;
import gyre.proxy.app.Deployments;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.tls.TlsCertificates;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts one generation in the place of another while requests are served. What outlives them stays
 * as it is: connections, the cache, pools, the swarm. Any thread; one reload at a time.
 */
final class Reloading implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reloading.class);

  private final Lasting lasting;
  private final Set<String> known = new HashSet<>();
  private volatile Generation generation;

  Reloading(GyreConfig config, Deployments apps, Lasting lasting) {
    this.lasting = lasting;
    this.generation = Generation.first(config, apps, lasting);
    config.sites().forEach(site -> known.add(site.id()));
  }

  Generation now() {
    return generation;
  }

  /** Tells of connections to upstreams, from now on. */
  void report(MeterRegistry metrics) {
    Gauge.builder("gyre.proxy.upstream.idle", this, each -> each.now().idleConnections())
        .description("connections to upstreams that wait for a request")
        .register(metrics);
  }

  /**
   * Reads the configuration anew and serves by it from now on; the result names the keys that need
   * a restart. After a StartFailure nothing has changed.
   */
  synchronized List<String> reload(
      Supplier<GyreConfig> source, HttpFront front, Optional<Certificates> certificates) {
    GyreConfig fresh = source.get();
    Generation running = generation;
    GyreConfig applied = RestartKeys.applicable(running.config(), fresh);
    Deployments apps = Deployments.read(applied.apps());
    welcome(applied.sites());
    generation =
        running.next(
            applied,
            apps,
            lasting,
            () -> {
              Runnable deploy = lasting.executor().prepare(apps);
              replace(certificates, applied);
              deploy.run();
            });
    lasting.swarm().need(apps.ids());
    front.apply(generation.terms());
    List<String> waiting = RestartKeys.changed(running.config(), fresh);
    log.info(
        "the configuration was read anew{}",
        waiting.isEmpty() ? "" : "; needs a restart: " + String.join(", ", waiting));
    return waiting;
  }

  /** Sites that are new publish and have peers, too. */
  private void welcome(List<SiteConfig> sites) {
    for (SiteConfig site : sites) {
      if (!known.contains(site.id())) {
        lasting.kept().publications().add(site.id());
        lasting.swarm().join(site.id());
        known.add(site.id());
      }
    }
  }

  private static void replace(Optional<Certificates> certificates, GyreConfig config) {
    certificates.ifPresent(
        held -> config.tls().ifPresent(tls -> held.replace(config, tls.certificates())));
  }

  /** Those of files, and those that are asked for. */
  record Certificates(TlsCertificates files, Optional<AcmeCertificates> acme) {
    void replace(GyreConfig config, List<TlsConfig.Certificate> replacing) {
      Optional<AcmeHosts> hosts = acme.map(asked -> AcmeHosts.of(config));
      files.replace(replacing);
      acme.ifPresent(asked -> hosts.ifPresent(asked::want));
    }
  }

  @Override
  public void close() {
    generation.close();
  }
}
