package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.Verdict;
import gyre.proxy.coding.Codings;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.proxy.route.RoutePolicy;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/**
 * The path of a request, top to bottom: route, verdict, sources, answer. What memory can answer is
 * answered at once; the rest continues on a virtual thread and decides nothing twice.
 */
public final class RequestFlow implements RequestService {
  private final RationedLog log = new RationedLog(LoggerFactory.getLogger(RequestFlow.class));

  /** RFC 5842, 7.2. */
  private static final Route.Reject LOOP =
      new Route.Reject(508, "it came through here before: an upstream leads back to this proxy");

  /**
   * What the flow keeps and where it writes down what it did; {@code largest}: bytes of a
   * representation that is collected in memory before it is kept.
   */
  public record Shelves(
      ResponseCache cache,
      long largest,
      Publication publication,
      HoldingsListener listener,
      Codings codings,
      Counters counters) {
    /** So many of the largest may be collected at a time. */
    private static final int FILLS = 4;

    private FillRoom room() {
      return new FillRoom(largest, new FillBudget(FILLS * largest), cache.drafts());
    }
  }

  private final RoutePolicy policy;
  private final ResponseCache cache;
  private final Counters counters;
  private final OwnResources own;
  private final Function<SiteConfig, UpstreamSource> upstream;
  private final Via via;
  private final InstantSource clock;
  private final Library library;
  private final PassFlow pass;
  private final StoredFlow stored;
  private final CachedFlow cached;
  private final AppFlow apps;

  /** {@code appDeadline}: how long an app may take to begin its answer. */
  public RequestFlow(
      RoutePolicy policy,
      Sources sources,
      Shelves shelves,
      OwnResources own,
      Duration appDeadline,
      InstantSource clock) {
    this.policy = policy;
    this.cache = shelves.cache();
    this.counters = shelves.counters();
    this.own = own;
    this.upstream = sources.upstream();
    this.via = sources.via();
    this.clock = clock;
    this.library = new Library(cache, shelves.publication(), shelves.listener(), clock);
    Negotiation negotiation = new Negotiation(shelves.codings());
    this.pass = new PassFlow(sources, cache, shelves.publication(), negotiation);
    ResourceFetch fetch = new ResourceFetch(sources, shelves.publication(), clock, shelves.room());
    this.stored = new StoredFlow(negotiation, fetch, clock);
    this.cached = new CachedFlow(cache, fetch, library, pass, negotiation, clock);
    this.apps = new AppFlow(sources, negotiation, appDeadline);
  }

  @Override
  public Decision tryNow(Request request) {
    Route route = via.isIn(request.headers()) ? LOOP : policy.route(request);
    return switch (route) {
      case Route.Reject reject -> rejected(request, reject);
      case Route.Own ours -> counted(own.tryNow(request, ours));
      case Route.App app -> new Decision.Pending(request, app);
      case Route.Pass passed -> passing(request, passed);
      case Route.Cacheable cacheable -> fromMemory(request, cacheable);
    };
  }

  /** How many resources are being fetched now, and put into the cache. */
  public int fetching() {
    return cached.fetching();
  }

  /** What only asks, and brings no body, takes no thread to wait for it. */
  private Decision passing(Request request, Route.Pass route) {
    if (isUpgrade(request)) {
      return tunnel(request, route);
    }
    return request.isRead() && request.body().equals(Body.EMPTY)
        ? new Decision.Coming(arrival -> pass.begin(request, route, new Counted(request, arrival)))
        : new Decision.Pending(request, route);
  }

  private Decision fromMemory(Request request, Route.Cacheable route) {
    Verdict verdict = cache.lookUp(request, clock.instant());
    return switch (verdict) {
      case Verdict.Fresh fresh -> {
        library.hit(request, route);
        yield stored
            .now(request, fresh.response(), fresh.content(), CacheStatus.HIT)
            .map(response -> answer(Source.HIT, response))
            .orElseGet(() -> new Decision.Pending(request, route, fresh));
      }
      case Verdict.Unavailable none -> answer(Source.OWN, CachedFlow.notStored());
      case Verdict.Ageing ageing -> {
        cached.validateMeanwhile(request, route, ageing.stale());
        yield stored
            .now(request, ageing.response(), ageing.content(), CacheStatus.STALE_HIT)
            .map(response -> answer(Source.HIT, response))
            .orElseGet(() -> new Decision.Pending(request, route, ageing));
      }
      case Verdict.Stale _, Verdict.OnDisk _, Verdict.Miss _ ->
          new Decision.Pending(request, route, verdict);
    };
  }

  @Override
  public Response serve(Decision.Pending pending) throws InterruptedException {
    Request request = pending.request();
    try {
      Answered answered =
          switch (pending.route()) {
            case Route.Pass route -> pass.pass(request, route);
            case Route.Cacheable route -> cached.answer(request, route, pending.verdict());
            case Route.App route -> apps.answer(request, route);
            case Route.Own route -> new Answered(Source.OWN, own.serve(request, route));
            case Route.Reject route -> new Answered(Source.OWN, refusal(route));
          };
      return counters.counted(answered.source(), answered.response());
    } catch (IOException e) {
      return failed(request, e);
    }
  }

  private Response failed(Request request, IOException reason) {
    log.warn("{} {}: {}", request.method(), request.resource(), reason.getMessage());
    return counters.counted(Source.OWN, unreachable(reason));
  }

  /** Hands on what comes by itself. */
  private final class Counted implements PassFlow.Receiver {
    private final Request request;
    private final Arrival arrival;

    Counted(Request request, Arrival arrival) {
      this.request = request;
      this.arrival = arrival;
    }

    @Override
    public void answered(Answered answered) {
      arrival.answered(counters.counted(answered.source(), answered.response()));
    }

    @Override
    public void failed(IOException reason) {
      arrival.answered(RequestFlow.this.failed(request, reason));
    }

    @Override
    public void undone(Route.Pass route) {
      arrival.pending(new Decision.Pending(request, route));
    }
  }

  /** Where the upstream is, and why it fails, is the operator's to know. */
  private static Response unreachable(IOException failure) {
    return failure instanceof SocketTimeoutException
        ? Response.text(504, "gyre: the site's server did not answer in time")
        : Response.text(502, "gyre: the site's server cannot be reached, or broke off");
  }

  /** Who asked is not written beside what was asked for. */
  private Decision rejected(Request request, Route.Reject reject) {
    log.info(
        "{} for {} {}: {}", reject.status(), request.method(), request.resource(), reject.reason());
    return answer(Source.OWN, refusal(reject));
  }

  private static Response refusal(Route.Reject reject) {
    return Response.text(reject.status(), "gyre: " + reject.reason());
  }

  private Decision counted(Decision decision) {
    return decision instanceof Decision.Answer now ? answer(Source.OWN, now.response()) : decision;
  }

  private Decision answer(Source source, Response response) {
    return new Decision.Answer(counters.counted(source, response));
  }

  /** Into no other protocol: HTTP/2 in a tunnel would go past every route. */
  private static boolean isUpgrade(Request request) {
    return request.method().equals("GET")
        && request.headers().joined("upgrade").filter("websocket"::equalsIgnoreCase).isPresent()
        && request.headers().lists("connection", "upgrade");
  }

  private Decision tunnel(Request request, Route.Pass route) {
    SiteConfig site = route.site();
    Supplier<Optional<Lease>> leases = upstream.apply(site).leases(site);
    Request upgrade = new UpstreamRequests(via).upgrade(request);
    return new Decision.Tunnel(
        () ->
            leases
                .get()
                .map(
                    lease ->
                        new Decision.Target(
                            lease, UpstreamHost.set(site, lease.server(), upgrade))));
  }
}
