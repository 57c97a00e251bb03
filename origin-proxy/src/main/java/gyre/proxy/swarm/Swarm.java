package gyre.proxy.swarm;

import gyre.proxy.channel.Channels;
import gyre.proxy.fetch.AppSource;
import gyre.proxy.fetch.Holdings;
import gyre.proxy.fetch.HoldingsListener;
import gyre.proxy.fetch.PeerSource;
import gyre.proxy.fetch.Publication;
import gyre.wire.AppId;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerReport;
import gyre.wire.Runners;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This proxy as a peer of all its sites: source of representations, source of app answers, lender
 * of what its cache holds. Threads: one per site for its connection, one {@code swarm-timer} for
 * what is done every second, and virtual ones per exchange.
 */
public final class Swarm implements HoldingsListener, SiteSwarm.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Swarm.class);
  private static final Duration REPORT = Duration.ofSeconds(10);

  private final Map<String, SiteSwarm> sites = new ConcurrentHashMap<>();
  private final Map<String, Announcer> announcers = new ConcurrentHashMap<>();
  private final Function<String, SiteSwarm> newSite;
  private final HttpClient client;
  private final Unpacker unpacker = new Unpacker();
  private final Workers workers;
  private final PeerSource peers;
  private final Consumer<String> joined;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("swarm-timer").factory());
  private long ticks;

  /** What the swarm asks of the rest of the proxy; {@code joined}: a site has to publish again. */
  public record Surroundings(
      Channels channels, Holdings holdings, Publication publication, Consumer<String> joined) {}

  public Swarm(
      SwarmConfig config, Credentials credentials, Surroundings around, InstantSource clock) {
    this.client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    this.workers = new Workers(config.apps());
    this.joined = around.joined();
    this.peers =
        new ChunkSource(
            site -> Optional.ofNullable(sites.get(site)), around.publication(), unpacker);
    this.newSite =
        site -> {
          Scores scores = new Scores(clock);
          return new SiteSwarm(
              new SiteSwarm.Entrance(site, config.signalling(), credentials),
              client,
              around.channels(),
              this,
              scores,
              new Lending(site, around.holdings(), around.publication(), scores));
        };
    config.sites().forEach(this::make);
  }

  private SiteSwarm make(String site) {
    announcers.put(site, new Announcer());
    return sites.computeIfAbsent(site, newSite);
  }

  /** Speaks for one site more; called once {@link #start} was. */
  public void join(String site) {
    if (!sites.containsKey(site)) {
      make(site).start();
    }
  }

  /** From now on workers are wanted for these apps. */
  public void need(Set<AppId> apps) {
    workers.need(apps);
    sites.values().forEach(swarm -> swarm.follow(List.copyOf(apps)));
  }

  public void start() {
    sites.values().forEach(SiteSwarm::start);
    var _ = timer.scheduleWithFixedDelay(this::tick, 250, 250, TimeUnit.MILLISECONDS);
  }

  /** Visitors and other proxies, as the request flow asks them. */
  public PeerSource peers() {
    return peers;
  }

  /** Workers, as the request flow asks them. */
  public AppSource workers() {
    return workers;
  }

  /** Whether the site has a connection to the signalling server now. */
  public boolean isJoined(String site) {
    return Optional.ofNullable(sites.get(site)).map(SiteSwarm::isJoined).orElse(false);
  }

  /** Workers with an open channel that run this app. */
  public int workersReady(AppId app) {
    return workers.ready(app);
  }

  /** Connections to peers of this site, open or coming about. */
  public int connections(String site) {
    return Optional.ofNullable(sites.get(site)).map(s -> s.peers().size()).orElse(0);
  }

  /** Sends a message in the name of a site; false where there is no connection now. */
  public boolean tell(String site, ClientMessage message) {
    return Optional.ofNullable(sites.get(site)).map(s -> s.tell(message)).orElse(false);
  }

  @Override
  public void gained(String site, Digest digest) {
    Optional.ofNullable(announcers.get(site)).ifPresent(a -> a.gained(digest));
  }

  @Override
  public void lost(String site, Digest digest) {
    Optional.ofNullable(announcers.get(site)).ifPresent(a -> a.lost(digest));
  }

  @Override
  public void joined(SiteSwarm swarm) {
    Optional.ofNullable(announcers.get(swarm.site())).ifPresent(Announcer::again);
    swarm.follow(List.copyOf(workers.apps()));
    joined.accept(swarm.site());
  }

  @Override
  public void runners(SiteSwarm swarm, List<Runners> runners) {
    workers.changed(swarm, runners);
  }

  private void tick() {
    try {
      ticks++;
      boolean reporting = ticks % (REPORT.toMillis() / 250) == 0;
      for (SiteSwarm swarm : sites.values()) {
        Announcer announcer = announcers.get(swarm.site());
        if (announcer != null && swarm.isJoined()) {
          announcer.next().ifPresent(swarm::tell);
        }
        if (ticks % 4 == 0) {
          swarm.peers().sweep(workers.wantedIn(swarm));
          workers.warmUp(swarm);
        }
        if (reporting && swarm.isJoined()) {
          report(swarm);
        }
      }
    } catch (RuntimeException e) {
      LOG.error("a turn of the swarm's timer failed", e);
    }
  }

  private void report(SiteSwarm swarm) {
    List<PeerReport> report = swarm.scores().takeReport(Limits.REPORT_PEERS);
    if (!report.isEmpty()) {
      swarm.tell(new ClientMessage.Report(report));
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    sites.values().forEach(SiteSwarm::close);
    unpacker.close();
    client.shutdownNow();
  }
}
