package gyre.proxy;

import gyre.operations.admin.AdminServer;
import gyre.operations.config.GyreConfig;
import gyre.operations.config.SiteConfig;
import gyre.operations.config.TlsConfig;
import gyre.operations.identity.IdentityKey;
import gyre.operations.identity.Role;
import gyre.operations.identity.TrustedKeys;
import gyre.operations.start.StartFailure;
import gyre.proxy.access.TrafficMeters;
import gyre.proxy.admin.CacheApi;
import gyre.proxy.admin.CountersApi;
import gyre.proxy.admin.Dashboard;
import gyre.proxy.admin.KeysApi;
import gyre.proxy.admin.PurgeApi;
import gyre.proxy.admin.ReloadApi;
import gyre.proxy.app.Deployments;
import gyre.proxy.app.ExecutorSource;
import gyre.proxy.cache.ChunkStore;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.channel.link.ChannelSupervisor;
import gyre.proxy.channel.link.ChildLimits;
import gyre.proxy.client.ChunkAnswers;
import gyre.proxy.client.ClientResources;
import gyre.proxy.client.PackedChunks;
import gyre.proxy.client.Scripts;
import gyre.proxy.client.Sessions;
import gyre.proxy.fetch.Counters;
import gyre.proxy.fetch.HeldContent;
import gyre.proxy.fetch.HoldingsListener;
import gyre.proxy.fetch.Via;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.tls.HandshakeTally;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Patience;
import gyre.proxy.publication.Publications;
import gyre.proxy.route.RoutePolicy;
import gyre.proxy.swarm.Credentials;
import gyre.proxy.swarm.Swarm;
import gyre.proxy.swarm.SwarmConfig;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.ClientTls;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.UpstreamTls;
import gyre.wire.key.SigningKey;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running origin-proxy: every part, made in the order of their needs and closed in the reverse
 * one.
 */
final class OriginProxy implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OriginProxy.class);

  private final Supplier<GyreConfig> source;
  private final GyreConfig config;
  private final InstantSource clock = InstantSource.system();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final AtomicReference<Optional<String>> notReady =
      new AtomicReference<>(Optional.of("starting"));
  private String addresses = "";
  private volatile Supplier<List<String>> reload =
      () -> {
        throw new StartFailure("this proxy is starting");
      };

  private OriginProxy(Supplier<GyreConfig> source) {
    this.source = source;
    this.config = source.get();
  }

  /** A StartFailure says what stands in the way. Whatever it is, nothing is left running. */
  static OriginProxy start(Supplier<GyreConfig> config) throws IOException {
    OriginProxy proxy = new OriginProxy(config);
    boolean started = false;
    try {
      proxy.start();
      started = true;
      return proxy;
    } finally {
      if (!started) {
        proxy.close();
      }
    }
  }

  private void start() throws IOException {
    SigningKey identity = IdentityKey.of(config.data(), Role.PROXY);
    AdminServer admin = own(new AdminServer(config.admin(), metrics, notReady::get));
    Transport transport = own(Transport.start());
    Optional<Reloading.Certificates> certificates = config.tls().map(this::certificates);
    ClientTls tls = UpstreamTls.both(Optional.empty());
    HttpClient client = own(new HttpClient(transport, tls, ClientLimits.DEFAULT));
    Publications publications =
        own(Publications.open(config.data(), siteIds(), config.keys().rotation(), clock));
    AtomicReference<HoldingsListener> listener = new AtomicReference<>(HoldingsListener.NOBODY);
    CacheStores stores =
        own(CacheStores.open(config, lost -> listener.get().lost(lost.site(), lost.digest())));
    stores.report(metrics);
    ChunkStore store = stores.content();
    ResponseCache cache = new ResponseCache(store, stores.journal(), config.cache().negativeTtl());
    Deployments apps = Deployments.read(config.apps());
    ExecutorSource executor =
        own(
            ExecutorSource.start(
                config.executor(),
                config.data(),
                apps,
                (socket, request, deadline) ->
                    client.fetchOnce(
                        new Endpoint.Unix(socket),
                        request,
                        new Patience(Optional.of(deadline), Optional.empty()))));
    Swarm swarm = swarm(identity, apps, publications, new HeldContent(store, publications));
    listener.set(swarm);
    Counters counters = new Counters(metrics);
    Lasting lasting =
        new Lasting(
            new SiteUpstreams.Common(
                transport, clock, metrics, new SiteUpstreams.Trusted(tls, client)),
            new Lasting.Kept(cache, store, stores.largest(), publications),
            swarm,
            executor,
            new Lasting.Self(
                new Via("gyre-" + identity.verifyingKey().id()),
                resources(identity, publications, store),
                certificates.flatMap(Reloading.Certificates::acme).map(AcmeCertificates::proofs)),
            new Lasting.Instruments(counters, new TrafficMeters(metrics), metrics, clock));
    Gauge.builder("gyre.proxy.cache.entries", cache, ResponseCache::entries).register(metrics);
    Reloading generations = own(new Reloading(config, apps, lasting));
    stores
        .disk()
        .ifPresent(
            disk ->
                new WarmStart(disk, cache, new RoutePolicy(config.sites()), publications, swarm)
                    .begin());
    admin.handle("/api/counters", new CountersApi(counters, cache));
    admin.handle("/api/cache/empty", new CacheApi(cache));
    admin.handle(
        "/api/purge",
        new PurgeApi(() -> generations.now().sites(), cache, manifests(publications), clock));
    admin.handle("/api/keys/rotate", new KeysApi(publications::rotateKey));
    admin.handle("/api/reload", new ReloadApi(this::reload));
    own(new Dashboard(() -> generations.now().config(), metrics, clock)).serveAt(admin);
    HttpFront front =
        own(
            new HttpFront(
                generations.now().terms(), transport, server -> generations.now().tls(server)));
    front.report(metrics);
    transport.buffers().report(metrics);
    generations.report(metrics);
    listen(front, certificates.map(Reloading.Certificates::files), admin);
    certificates.flatMap(Reloading.Certificates::acme).ifPresent(AcmeCertificates::start);
    reload = () -> generations.reload(source, front, certificates);
    notReady.set(Optional.empty());
  }

  private Reloading.Certificates certificates(TlsConfig tls) {
    TlsCertificates files = own(new TlsCertificates(tls.certificates(), tls.http3(), clock));
    files.report(metrics);
    Optional<AcmeCertificates> acme =
        tls.acme().map(asked -> own(new AcmeCertificates(asked, files, metrics, clock)));
    acme.ifPresent(asked -> asked.want(AcmeHosts.of(config)));
    return new Reloading.Certificates(files, acme);
  }

  private static PurgeApi.Manifests manifests(Publications publications) {
    return new PurgeApi.Manifests() {
      @Override
      public Set<String> resources(String site) {
        return publications.resources(site);
      }

      @Override
      public void withdraw(String site, List<String> resources) throws SQLException {
        publications.purge(site, resources);
      }
    };
  }

  /** As {@link Reloading#reload}. */
  List<String> reload() {
    return reload.get();
  }

  private Swarm swarm(
      SigningKey identity, Deployments apps, Publications publications, HeldContent holdings) {
    ChannelSupervisor channels =
        own(new ChannelSupervisor(config.ice(), ChildLimits.DEFAULT, clock));
    Swarm swarm =
        own(
            new Swarm(
                new SwarmConfig(config.signalling().connectTo(), siteIds(), apps.ids()),
                new Credentials(identity, new TrustedKeys(config.data(), config.trust()), clock),
                new Swarm.Surroundings(channels, holdings, publications, publications::joined),
                clock));
    channels.start();
    swarm.start();
    publications.start(swarm::tell);
    return swarm;
  }

  private ClientResources resources(
      SigningKey identity, Publications publications, ChunkStore store) {
    Sessions sessions =
        new Sessions(identity, publications, config.ice(), ProxyVersion.text(), clock);
    return new ClientResources(
        new Scripts(sessions),
        sessions,
        new ChunkAnswers(store, publications, own(new PackedChunks())),
        config.signalling().connectTo());
  }

  private void listen(HttpFront front, Optional<TlsCertificates> certificates, AdminServer admin) {
    InetSocketAddress plain = front.listen(config.listen(), config.front().proxyProtocol());
    addresses = "http://" + text(plain);
    Optional<TlsConfig> tls = config.tls();
    if (tls.isPresent() && certificates.isPresent()) {
      HandshakeTally tally = new HandshakeTally(metrics);
      InetSocketAddress secure =
          front.listenTls(tls.get().listen(), tls.get().proxyProtocol(), certificates.get(), tally);
      addresses += " and https://" + text(secure);
      if (tls.get().http3()) {
        int port = config.front().https().port().orElse(secure.getPort());
        front.listenQuic(secure, port, certificates.get()::quic, tally);
        addresses += " with HTTP/3";
      }
    }
    addresses += "; admin at http://" + text(admin.address());
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  void announce() {
    log.info("origin-proxy listens at {} for {}", addresses, String.join(", ", siteIds()));
  }

  private List<String> siteIds() {
    return config.sites().stream().map(SiteConfig::id).toList();
  }

  private static void await(Duration delay) {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private <T extends AutoCloseable> T own(T part) {
    open.push(part);
    return part;
  }

  /**
   * Stops as {@code drain} says: balancers learn it first, running requests end, nothing is lost.
   */
  @Override
  public void close() {
    boolean served = notReady.getAndSet(Optional.of("stopping")).isEmpty();
    Duration delay = config.front().drain().delay();
    if (served && delay.isPositive()) {
      log.info("no longer ready; connections are taken for another {} ms", delay.toMillis());
      await(delay);
    }
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
