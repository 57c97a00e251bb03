package gyre.proxy.fetch;

import gyre.proxy.cache.Purge;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.Storability;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.cache.Verdict;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.wire.HeaderField;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request on a cacheable route that memory alone cannot answer. Requests for one resource share
 * one fetch, also while it streams; each request leads at most once.
 */
final class CachedFlow {
  private static final Duration LANDING = Duration.ofSeconds(30);

  private final ResponseCache cache;
  private final ResourceFetch fetch;
  private final Library library;
  private final PassFlow pass;
  private final StoredFlow stored;
  private final Negotiation negotiation;
  private final InstantSource clock;
  private final Flights flights = new Flights();
  private final Filling filling;
  private final AuthorizedFlow authorized;
  private final BackgroundValidation validation;
  private final RationedLog brokenOff = ReportedBody.newLog();

  /** Whose answers are for one visitor: asked with each one's own cookie, nobody waits. */
  private final NotedResources privates = new NotedResources();

  /** What is too large to be waited for where a later part of it is asked for. */
  private final NotedResources large = new NotedResources();

  CachedFlow(
      ResponseCache cache,
      ResourceFetch fetch,
      Library library,
      PassFlow pass,
      Negotiation negotiation,
      InstantSource clock) {
    this.cache = cache;
    this.fetch = fetch;
    this.library = library;
    this.pass = pass;
    this.negotiation = negotiation;
    this.clock = clock;
    this.stored = new StoredFlow(negotiation, fetch, clock);
    this.filling = new Filling(library);
    this.validation = new BackgroundValidation(cache, flights, clock, this::lead);
    this.authorized = new AuthorizedFlow(cache, fetch, flights, filling, negotiation);
  }

  int fetching() {
    return flights.count() + filling.count();
  }

  /** Never blocks: what was answered stale is validated by another thread. */
  void validateMeanwhile(Request request, Route.Cacheable route, Verdict.Stale stale) {
    validation.begin(request, route, stale);
  }

  Answered answer(Request request, Route.Cacheable route, Verdict verdict)
      throws IOException, InterruptedException {
    return switch (verdict) {
      case Verdict.OnDisk known ->
          recalled(request, route, cache.recall(known, request, clock.instant()));
      case Verdict.Fresh fresh ->
          hit(request, route, fresh.response(), fresh.content(), CacheStatus.HIT);
      case Verdict.Ageing ageing ->
          hit(request, route, ageing.response(), ageing.content(), CacheStatus.STALE_HIT);
      case Verdict.Unavailable _ -> new Answered(Source.OWN, notStored());
      case Verdict.Stale _, Verdict.Miss _ -> fetched(request, route, verdict);
    };
  }

  /** What {@link RequestFlow} does with what memory holds. */
  private Answered recalled(Request request, Route.Cacheable route, Verdict verdict)
      throws IOException, InterruptedException {
    return switch (verdict) {
      case Verdict.Fresh fresh -> {
        library.hit(request, route);
        yield hit(request, route, fresh.response(), fresh.content(), CacheStatus.DISK_HIT);
      }
      case Verdict.Ageing ageing -> {
        validateMeanwhile(request, route, ageing.stale());
        yield hit(request, route, ageing.response(), ageing.content(), CacheStatus.STALE_HIT);
      }
      case Verdict.OnDisk _, Verdict.Unavailable _, Verdict.Stale _, Verdict.Miss _ ->
          answer(request, route, verdict);
    };
  }

  private Answered hit(
      Request request,
      Route.Cacheable route,
      StoredResponse response,
      Representation content,
      HeaderField member) {
    return stored.answer(request, route.site(), response, content, member);
  }

  /** RFC 9111, 5.2.1.7. */
  static Response notStored() {
    return Response.text(504, "gyre: not stored, and only-if-cached was asked");
  }

  private Answered fetched(Request request, Route.Cacheable route, Verdict verdict)
      throws IOException, InterruptedException {
    if (request.isAuthorized()) {
      return authorized.answer(request, route);
    }
    String key = ResponseCache.key(request);
    boolean isPrivate = privates.contains(key);
    boolean isOwn = request.headers().contains("cookie") || request.headers().contains("range");
    if (request.method().equals("HEAD")) {
      return head(request, route, verdict);
    }
    if ((isPrivate && isOwn) || isAnothers(request, verdict)) {
      return forward(request, route);
    }
    if (large.contains(key) && !PartAsked.of(request).isAtTheStart()) {
      return partOfLarge(key, request, route);
    }
    Flights.Boarding boarding = flights.board(key, cache.mark());
    if (boarding.leads()) {
      return lead(boarding.flight(), request, route, verdict);
    }
    if (!isPrivate) {
      Optional<Answered> shared = follow(boarding.flight(), request, route);
      if (shared.isPresent()) {
        return shared.get();
      }
    }
    return lead(flights.alone(cache.mark()), request, route, verdict);
  }

  /** From what is being fetched, where it is there already, or by itself. */
  private Answered partOfLarge(String key, Request request, Route.Cacheable route)
      throws IOException, InterruptedException {
    Optional<Flights.Flight> running = flights.running(key);
    Optional<Answered> joined =
        running.isPresent() ? follow(running.get(), request, route) : Optional.empty();
    return joined.isPresent() ? joined.get() : forward(request, route);
  }

  /** The request as it is, for itself alone. */
  private Answered forward(Request request, Route.Cacheable route) throws IOException {
    return pass.forward(request, route.site(), route.patience(), CacheStatus.miss(Source.UPSTREAM));
  }

  /** What is stored holds no longer where its head has other validators now (RFC 9111, 4.3.5). */
  private Answered head(Request request, Route.Cacheable route, Verdict verdict)
      throws IOException {
    Answered answered = forward(request, route);
    Response response = answered.response();
    if (verdict instanceof Verdict.Stale stale
        && response.status() == 200
        && !response.headers().contains("content-encoding")
        && !stale.response().hasValidatorsOf(response.headers())) {
      cache.invalidate(request);
    }
    return answered;
  }

  /** What is stored holds for those without a cookie; who has one may get something else. */
  private static boolean isAnothers(Request request, Verdict verdict) {
    return verdict instanceof Verdict.Stale stale
        && request.headers().contains("cookie")
        && !stale.response().isForAWhile();
  }

  private Optional<Answered> follow(Flights.Flight flight, Request request, Route.Cacheable route)
      throws InterruptedException {
    return switch (flight.await(LANDING).orElse(new Flights.Landing.Alone())) {
      case Flights.Landing.Alone alone -> Optional.empty();
      case Flights.Landing.Stored stored ->
          cache.lookUpWaiting(request, clock.instant()) instanceof Verdict.Fresh fresh
              ? Optional.of(hit(request, route, fresh.response(), fresh.content(), CacheStatus.HIT))
              : Optional.empty();
      case Flights.Landing.Shared shared ->
          isPurged(flight, request, route, shared.found())
              ? Optional.empty()
              : shared.answer(request, negotiation).map(answer -> new Answered(Source.HIT, answer));
    };
  }

  /** Whoever asks after a purge gets nothing of a fetch that began before it. */
  private boolean isPurged(
      Flights.Flight flight, Request request, Route.Cacheable route, Found found) {
    return cache.isForgottenSince(flight.mark(), request, route.site().id(), found.headers());
  }

  private Answered lead(
      Flights.Flight flight, Request request, Route.Cacheable route, Verdict verdict)
      throws IOException, InterruptedException {
    boolean streams = false;
    try {
      switch (fetch.fetch(request, route, verdict)) {
        case ResourceFetch.Outcome.Shared shared -> {
          Response answer = shared.found().answer(request, member(verdict), negotiation);
          flight.land(new Flights.Landing.Shared(shared.found(), request.headers()));
          streams = true;
          if (shared.found().content().isLarge()) {
            large.remember(ResponseCache.key(request));
          }
          filling.pour(flight, request, route, shared.found());
          return new Answered(shared.found().source(), answer);
        }
        case ResourceFetch.Outcome.Validated validated -> {
          return validated(flight, request, route, (Verdict.Stale) verdict, validated.stored());
        }
        case ResourceFetch.Outcome.StandsIn stored -> {
          Verdict.Stale stale = stored.stale();
          return hit(request, route, stale.response(), stale.content(), CacheStatus.STALE_HIT);
        }
        case ResourceFetch.Outcome.Unshared unshared -> {
          return unshared(request, route, unshared.response());
        }
        case ResourceFetch.Outcome.TooLarge tooLarge -> {
          (tooLarge.isKept() ? large : privates).remember(ResponseCache.key(request));
          return forward(request, route);
        }
      }
    } finally {
      if (!streams) {
        flight.end();
      }
    }
  }

  private static Function<Source, HeaderField> member(Verdict verdict) {
    return verdict instanceof Verdict.Stale ? CacheStatus::stale : CacheStatus::miss;
  }

  private Answered validated(
      Flights.Flight flight,
      Request request,
      Route.Cacheable route,
      Verdict.Stale stale,
      StoredResponse refreshed)
      throws IOException {
    Headers judged = ResourceFetch.judged(route, refreshed.headers());
    if (Storability.forbids(refreshed.status(), judged).isPresent()) {
      return validatedForOne(request, route, stale, refreshed);
    }
    library.refreshed(request, route, stale, refreshed, flight.mark());
    flight.land(new Flights.Landing.Stored());
    return hit(request, route, refreshed, stale.content(), CacheStatus.stale(Source.UPSTREAM));
  }

  /** The 304 says, or sets, what is one visitor's: what is stored is not for everybody any more. */
  private Answered validatedForOne(
      Request request, Route.Cacheable route, Verdict.Stale stale, StoredResponse refreshed)
      throws IOException {
    cache.invalidate(request);
    privates.remember(ResponseCache.key(request));
    return request.headers().contains("cookie")
        ? forward(request, route)
        : hit(request, route, refreshed, stale.content(), CacheStatus.stale(Source.UPSTREAM));
  }

  /**
   * An answer that is not for everybody. A visitor with a cookie gets one of their own instead: the
   * request is repeated with it.
   */
  private Answered unshared(Request request, Route.Cacheable route, Response response)
      throws IOException {
    if (Storability.tellsOfOthers(request, response.status())) {
      privates.remember(ResponseCache.key(request));
    }
    if (request.headers().contains("cookie")) {
      response.body().close();
      return forward(request, route);
    }
    return new Answered(
        Source.UPSTREAM,
        negotiation.passed(
            request,
            ReportedBody.on(
                request,
                response.withHeaders(
                    CacheStatus.on(
                        response.headers().without(Purge.FIELD),
                        CacheStatus.miss(Source.UPSTREAM))),
                brokenOff)));
  }
}
