package gyre.proxy.upstream.whole;

import gyre.operations.config.CompressionConfig;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import gyre.operations.config.HostPort;
import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.coding.Codings;
import gyre.proxy.fetch.AppSource;
import gyre.proxy.fetch.Counters;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.HoldingsListener;
import gyre.proxy.fetch.MemoryPublication;
import gyre.proxy.fetch.OwnResources;
import gyre.proxy.fetch.PeerSource;
import gyre.proxy.fetch.RequestFlow;
import gyre.proxy.fetch.Sources;
import gyre.proxy.fetch.UpstreamSource;
import gyre.proxy.fetch.Via;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.RawClient;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.proxy.route.RoutePolicy;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.SiteUpstream;
import gyre.proxy.upstream.UpstreamTls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Front, flow, cache and HTTP client of a proxy, without peers and apps, before one site: what goes
 * in and out are real sockets.
 */
public final class WholeProxy implements AutoCloseable {
  static final ClientLimits QUICK =
      new ClientLimits(
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          256 << 10,
          64,
          Duration.ofSeconds(30));

  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final MemoryChunkStore store = new MemoryChunkStore(16 << 20, lost -> {});
  private final Codings codings = new Codings(CompressionConfig.DEFAULT, store, metrics);
  final ResponseCache cache = new ResponseCache(store);
  private final Transport transport = Transport.start();
  private final HttpClient client;
  private final SiteUpstream upstream;
  private final HttpFront front;
  private final InetSocketAddress address;
  private final InstantSource clock;
  private final RequestFlow flow;

  /** {@code site}: the rest of the site's entry in gyre.yaml, from its upstreams on. */
  WholeProxy(String site) throws IOException {
    this(site, InstantSource.system());
  }

  /** {@code clock}: of the cache; connections have their own. */
  public WholeProxy(String site, InstantSource clock) throws IOException {
    this.clock = clock;
    GyreConfig config =
        ConfigFile.parse(
            "test", Path.of("/"), "sites: [{ id: site, hosts: [site.test], " + site + " }]");
    SiteConfig only = config.sites().getFirst();
    client = new HttpClient(transport, UpstreamTls.trustingTheSystem(), QUICK);
    upstream = new SiteUpstream(client, only, InstantSource.system(), metrics);
    flow = flow(config, upstream);
    front = new HttpFront(Terms.of(flow), transport, UpstreamTls.trustingTheSystem());
    address = front.listen(new HostPort("127.0.0.1", 0), false);
  }

  public static String upstream(int port) {
    return "upstreams: ['http://127.0.0.1:" + port + "']";
  }

  private RequestFlow flow(GyreConfig config, UpstreamSource upstream) {
    Sources sources =
        new Sources(
            site -> upstream,
            (manifest, deadline) -> new PeerSource.Outcome.NotFound("nobody is here"),
            (app, request, deadline) -> new AppSource.Outcome.Unavailable("none"),
            (app, request, deadline) -> new AppSource.Outcome.Unavailable("none"),
            name -> Optional.empty(),
            new Via("gyre-test"));
    return new RequestFlow(
        new RoutePolicy(config.sites()),
        sources,
        new RequestFlow.Shelves(
            cache,
            4 << 20,
            new MemoryPublication(clock),
            HoldingsListener.NOBODY,
            codings,
            new Counters(metrics)),
        new NothingOfItsOwn(),
        Duration.ofSeconds(5),
        clock);
  }

  /** Whether nothing is being fetched or put into the cache. */
  public boolean isAtRest() {
    return flow.fetching() == 0;
  }

  /** Requests that wait for an answer. */
  int waiting() {
    return front.waiting();
  }

  InetSocketAddress address() {
    return address;
  }

  public RawClient visitor() throws IOException {
    return new RawClient(address);
  }

  @Override
  public void close() {
    front.close();
    upstream.close();
    client.close();
    transport.close();
    codings.close();
  }

  private static final class NothingOfItsOwn implements OwnResources {
    @Override
    public Decision tryNow(Request request, Route.Own route) {
      return new Decision.Answer(Response.text(404, "nothing"));
    }

    @Override
    public Response serve(Request request, Route.Own route) {
      return Response.text(404, "nothing");
    }
  }
}
