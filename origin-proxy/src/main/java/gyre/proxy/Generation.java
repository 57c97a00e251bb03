package gyre.proxy;

import gyre.operations.config.GyreConfig;
import gyre.operations.config.LimitsConfig;
import gyre.operations.config.SiteConfig;
import gyre.proxy.access.AccessFile;
import gyre.proxy.access.AccessLog;
import gyre.proxy.admission.RateLimit;
import gyre.proxy.app.Deployments;
import gyre.proxy.coding.Codings;
import gyre.proxy.fetch.RequestFlow;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.route.RoutePolicy;
import gyre.proxy.secure.ChallengeAnswers;
import gyre.proxy.secure.HttpsPolicy;
import gyre.proxy.sender.TrustedProxies;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How requests are served under one configuration. A request ends under the generation it began
 * with, whatever was reloaded meanwhile.
 */
final class Generation implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Generation.class);

  /** For how long requests may go on that began before a reload. */
  private static final Duration RETIRING = Duration.ofMinutes(10);

  private final GyreConfig config;
  private final SiteUpstreams upstreams;
  private final Codings codings;
  private final Optional<AccessFile> accessFile;
  private final Terms terms;

  private Generation(
      GyreConfig config,
      Deployments apps,
      Lasting lasting,
      SiteUpstreams upstreams,
      Codings codings,
      Optional<AccessFile> accessFile) {
    this.config = config;
    this.upstreams = upstreams;
    this.codings = codings;
    this.accessFile = accessFile;
    RequestFlow flow =
        new RequestFlow(
            new RoutePolicy(config.sites()),
            lasting.sources(upstreams, apps),
            lasting.shelves(codings),
            lasting.self().own(),
            config.executor().deadline(),
            lasting.instruments().clock());
    this.terms =
        new Terms(
            service(flow, lasting),
            limits(config),
            new TrustedProxies(config.front().trustedProxies()),
            accessFile.<AccessLog>map(file -> file).orElse(AccessLog.NONE),
            lasting.instruments().traffic());
  }

  /** A StartFailure says what cannot be had. */
  static Generation first(GyreConfig config, Deployments apps, Lasting lasting) {
    Optional<AccessFile> accessFile = open(config, lasting);
    return new Generation(
        config,
        apps,
        lasting,
        SiteUpstreams.of(config.sites(), lasting.upstreams()),
        codings(config, lasting),
        accessFile);
  }

  /**
   * The one after this; {@code swap} takes what else may fail. After a StartFailure this one goes
   * on as if nothing had been asked.
   */
  Generation next(GyreConfig fresh, Deployments apps, Lasting lasting, Runnable swap) {
    Optional<AccessFile> file = open(fresh, lasting);
    SiteUpstreams nextUpstreams = upstreams(fresh, file, swap);
    boolean sameCodings = fresh.compression().equals(config.compression());
    Codings nextCodings = sameCodings ? codings : codings(fresh, lasting);
    Generation generation = new Generation(fresh, apps, lasting, nextUpstreams, nextCodings, file);
    retire(generation);
    return generation;
  }

  private SiteUpstreams upstreams(GyreConfig fresh, Optional<AccessFile> file, Runnable swap) {
    boolean swapped = false;
    try {
      SiteUpstreams next = upstreams.next(fresh.sites(), swap);
      swapped = true;
      return next;
    } finally {
      if (!swapped) {
        file.ifPresent(Generation::close);
      }
    }
  }

  private static Codings codings(GyreConfig config, Lasting lasting) {
    return new Codings(
        config.compression(), lasting.kept().store(), lasting.instruments().metrics());
  }

  private RequestService service(RequestFlow flow, Lasting lasting) {
    RequestService https = new HttpsPolicy(flow, config.front().https(), httpsPort(config));
    RequestService limited =
        RateLimit.before(
            https,
            config.limits().perClient(),
            lasting.instruments().metrics(),
            lasting.instruments().clock());
    return lasting
        .self()
        .proofs()
        .<RequestService>map(proofs -> new ChallengeAnswers(limited, proofs))
        .orElse(limited);
  }

  private static FrontLimits limits(GyreConfig config) {
    LimitsConfig limits = config.limits();
    return new FrontLimits(
        FrontLimits.Times.DEFAULT.withDrain(config.front().drain().deadline()),
        new FrontLimits.Bodies(
            limits.body(), limits.bodyRate(), FrontLimits.Bodies.DEFAULT.queued()),
        new FrontLimits.Crowd(
            FrontLimits.Crowd.DEFAULT.waiting(), limits.perClient().connections()));
  }

  private static Optional<AccessFile> open(GyreConfig config, Lasting lasting) {
    return config
        .accessLog()
        .map(wanted -> AccessFile.open(wanted, lasting.instruments().metrics()));
  }

  private static int httpsPort(GyreConfig config) {
    return config
        .front()
        .https()
        .port()
        .or(() -> config.tls().map(tls -> tls.listen().port()).filter(port -> port > 0))
        .orElse(443);
  }

  Set<String> sites() {
    return config.sites().stream().map(SiteConfig::id).collect(Collectors.toUnmodifiableSet());
  }

  /** Connections to upstreams that wait for a request now. */
  int idleConnections() {
    return upstreams.idleConnections();
  }

  /** For a tunnel to this server. */
  SslContext tls(URI server) {
    return upstreams.tls(server);
  }

  GyreConfig config() {
    return config;
  }

  Terms terms() {
    return terms;
  }

  private void retire(Generation next) {
    var _ =
        Thread.ofVirtual()
            .name("gyre-retire")
            .start(
                () -> {
                  try {
                    Thread.sleep(RETIRING);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  accessFile.ifPresent(Generation::close);
                  upstreams.closeAuthorities(next.upstreams);
                  if (!codings.equals(next.codings)) {
                    codings.close();
                  }
                });
  }

  private static void close(AccessFile file) {
    try {
      file.close();
    } catch (IOException e) {
      log.warn("the access log was not closed: {}", e.toString());
    }
  }

  @Override
  public void close() {
    upstreams.close();
    codings.close();
    accessFile.ifPresent(Generation::close);
  }
}
