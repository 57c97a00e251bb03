package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.ResponseControl;
import gyre.proxy.cache.Storability;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.cache.Verdict;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.EventStream;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HopByHop;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.SignedManifest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * One fetch on behalf of everybody: from peers where a fresh manifest is known, from the upstream
 * without anybody's cookie. Blocks a virtual thread until the head is there.
 */
final class ResourceFetch {
  private static final RationedLog log =
      new RationedLog(LoggerFactory.getLogger(ResourceFetch.class));
  private static final Set<Integer> FAILURES = Set.of(500, 502, 503, 504);

  /** What a reader waits longer than the one who fetches, and so says why nothing came. */
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  private static final Duration DEADLINE = Duration.ofSeconds(30);

  sealed interface Outcome {
    /** For everybody. */
    record Shared(Found found) implements Outcome {}

    /** What is stored holds good, with these headers. */
    record Validated(StoredResponse stored) implements Outcome {}

    /** The upstream cannot be reached or fails, and what is stored may answer instead. */
    record StandsIn(Verdict.Stale stale) implements Outcome {}

    /** The upstream's answer to a request without a cookie, which must not be shared. */
    record Unshared(Response response) implements Outcome {}

    /**
     * A part was asked for of what is too large: the part itself must be asked for. {@code isKept}:
     * the whole would be kept, were it not that the part is far from its start.
     */
    record TooLarge(boolean isKept) implements Outcome {}
  }

  private final Sources sources;
  private final Publication publication;
  private final InstantSource clock;
  private final FillRoom room;
  private final UpstreamRequests requests;

  ResourceFetch(Sources sources, Publication publication, InstantSource clock, FillRoom room) {
    this.sources = sources;
    this.publication = publication;
    this.clock = clock;
    this.room = room;
    this.requests = new UpstreamRequests(sources.via());
  }

  Outcome fetch(Request request, Route.Cacheable route, Verdict verdict)
      throws IOException, InterruptedException {
    Optional<Manifest> manifest =
        route.peers() && verdict instanceof Verdict.Miss
            ? publication
                .fresh(route.site().id(), request.resource())
                .map(SignedManifest::manifest)
                .filter(known -> PeersHead.mayAnswer(request, known))
            : Optional.empty();
    if (manifest.isEmpty()) {
      return upstreamOrStored(request, route, verdict);
    }
    List<HedgedFetch.Attempt<Outcome>> plan =
        List.of(
            () -> peers(request, route.site(), manifest.get()),
            () -> attempt(request, route, verdict));
    return HedgedFetch.run(
        plan,
        route.site().peers().hedgeDelay(),
        DEADLINE,
        new ThreadRace<>(ResourceFetch::discard));
  }

  private HedgedFetch.Outcome<Outcome> peers(Request request, SiteConfig site, Manifest manifest)
      throws InterruptedException {
    Instant requested = clock.instant();
    return switch (sources.peers().fetch(manifest, DEADLINE)) {
      case PeerSource.Outcome.NotFound none -> new HedgedFetch.Outcome.Bad<>(none.reason());
      case PeerSource.Outcome.Found peer -> {
        Body body = resuming(request, site, manifest, peer.body());
        Headers head = PeersHead.of(manifest, requested, freshUntil(manifest));
        Response response = new Response(manifest.status(), head, body);
        yield new HedgedFetch.Outcome.Good<>(
            new Outcome.Shared(
                found(
                    Source.PEER,
                    request,
                    response,
                    OptionalLong.of(manifest.size()),
                    requested,
                    Patience.USUAL)));
      }
    };
  }

  private Instant freshUntil(Manifest manifest) {
    return publication.freshUntil(manifest.site(), manifest.resource()).orElse(manifest.expires());
  }

  private Body resuming(Request request, SiteConfig site, Manifest manifest, Body peers) {
    return manifest
        .chunks()
        .or(() -> publication.chunks(manifest.site(), manifest.digest()))
        .<Body>map(
            chunks ->
                new ResumingBody(
                    request.resource(),
                    chunks,
                    peers,
                    from -> rest(request, site, new Headers(manifest.headers()), from)))
        .orElse(peers);
  }

  /** What is left of a representation with these headers, on nobody's behalf. */
  UpstreamChunks.Part rest(Request request, SiteConfig site, Headers known, long from)
      throws IOException {
    Response response = sources.upstream().apply(site).fetch(requests.rest(request, known, from));
    String part = response.headers().first("content-range").orElse("");
    if (response.status() == 200) {
      return new UpstreamChunks.Part(0, response.body());
    }
    if (response.status() == 206 && part.startsWith("bytes " + from + "-")) {
      return new UpstreamChunks.Part(from, response.body());
    }
    response.body().close();
    throw new IOException("for the rest the upstream answered " + response.status());
  }

  private HedgedFetch.Outcome<Outcome> attempt(
      Request request, Route.Cacheable route, Verdict verdict) {
    try {
      return new HedgedFetch.Outcome.Good<>(upstream(request, route, verdict));
    } catch (IOException e) {
      return new HedgedFetch.Outcome.Bad<>(String.valueOf(e.getMessage()));
    }
  }

  private Outcome upstreamOrStored(Request request, Route.Cacheable route, Verdict verdict)
      throws IOException {
    if (!(verdict instanceof Verdict.Stale stale) || !stale.mayStandIn()) {
      return upstream(request, route, verdict);
    }
    try {
      Outcome outcome = upstream(request, route, verdict);
      if (!isFailure(outcome)) {
        return outcome;
      }
      discard(outcome);
    } catch (IOException e) {
      log.warn("{}: stale, as the upstream failed: {}", request.resource(), e.getMessage());
    }
    return new Outcome.StandsIn(stale);
  }

  /** RFC 5861, 4. */
  private static boolean isFailure(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Shared shared -> FAILURES.contains(shared.found().status());
      case Outcome.Unshared unshared -> FAILURES.contains(unshared.response().status());
      case Outcome.Validated _, Outcome.StandsIn _, Outcome.TooLarge _ -> false;
    };
  }

  /** The request as it is; its answer is shared only where that is allowed (RFC 9111, 3.5). */
  Authorized authorized(Request request, Route.Cacheable route) throws IOException {
    Instant requested = clock.instant();
    Response raw =
        sources.upstream().apply(route.site()).fetch(requests.passed(request), route.patience());
    Response response =
        raw.withHeaders(sources.via().on(raw.version(), HopByHop.strip(raw.headers())));
    Headers headers = response.headers();
    boolean isShared =
        !request.headers().contains("cookie")
            && !request.headers().contains("range")
            && UpstreamRequests.isAsOthers(request)
            && !headers.contains("content-encoding")
            && ResponseControl.of(headers).sharesAuthorized()
            && isForEverybody(request, route, response);
    return isShared
        ? new Authorized.Shared(fromUpstream(request, response, requested, route.patience()))
        : new Authorized.Own(response);
  }

  private Outcome upstream(Request request, Route.Cacheable route, Verdict verdict)
      throws IOException {
    UpstreamSource upstream = sources.upstream().apply(route.site());
    Instant requested = clock.instant();
    Request asked =
        verdict instanceof Verdict.Stale stale
            ? requests.validating(request, stale.response())
            : requests.shared(request);
    Response raw = upstream.fetch(asked, route.patience());
    Response response =
        raw.withHeaders(sources.via().on(raw.version(), HopByHop.strip(raw.headers())));
    if (response.status() == 304 && verdict instanceof Verdict.Stale stale) {
      response.body().close();
      return stale.response().isMeantBy(response.headers())
          ? new Outcome.Validated(
              stale.response().refreshed(response.headers(), requested, clock.instant()))
          : upstream(request, route, new Verdict.Miss());
    }
    long size = response.body().length().orElse(0);
    if (request.headers().contains("range") && !isWorthTheWhole(request, size)) {
      response.body().close();
      return new Outcome.TooLarge(room.keeps(size));
    }
    return isForEverybody(request, route, response)
        ? new Outcome.Shared(fromUpstream(request, response, requested, route.patience()))
        : new Outcome.Unshared(response);
  }

  /** Whether a part is there soon while the whole is fetched, and the whole is kept. */
  private boolean isWorthTheWhole(Request request, long size) {
    return size <= room.collected() || (room.keeps(size) && PartAsked.of(request).isAtTheStart());
  }

  /**
   * Storable; and for a visitor who sent a cookie also fresh without asking, as an answer that asks
   * for validation each time is often a personal one.
   */
  private boolean isForEverybody(Request request, Route.Cacheable route, Response response) {
    Headers headers = response.headers();
    if (EventStream.is(headers)
        || Storability.forbids(request, response.status(), judged(route, headers)).isPresent()) {
      return false;
    }
    return !request.headers().contains("cookie")
        || Storability.isForAWhile(response.status(), headers, clock.instant());
  }

  /** The headers that tell whether it may be stored on such a route. */
  static Headers judged(Route.Cacheable route, Headers headers) {
    return route.cookies() ? headers.without("set-cookie") : headers;
  }

  private Found fromUpstream(
      Request request, Response response, Instant requested, Patience patience) {
    OptionalLong size = response.body().length();
    return found(Source.UPSTREAM, request, response, size, requested, patience);
  }

  private Found found(
      Source source,
      Request request,
      Response response,
      OptionalLong size,
      Instant requested,
      Patience patience) {
    Instant received = clock.instant();
    int status = response.status();
    Headers headers = response.headers();
    FillRoom here =
        StoredResponse.isWorthWriting(request, status, headers, requested, received)
            ? room
            : room.inMemory();
    Fill fill =
        patience.between().isPresent()
            ? new Fill(size, here, patience.between().get().plus(A_MOMENT))
            : new Fill(size, here);
    return new Found(source, status, headers, fill, requested, received, response.body());
  }

  private static void discard(Outcome outcome) {
    switch (outcome) {
      case Outcome.Shared shared -> shared.found().body().close();
      case Outcome.Unshared unshared -> unshared.response().body().close();
      case Outcome.Validated validated -> {}
      case Outcome.StandsIn stored -> {}
      case Outcome.TooLarge tooLarge -> {}
    }
  }
}
