package gyre.proxy.fetch;

import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.HopByHop;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.wire.AppId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * A request that an app's handler answers: a worker, else this proxy's own executor, else 503. A
 * read is hedged; any other request goes to a second source only where the first one was never
 * handed a frame of it.
 */
final class AppFlow {
  private static final RationedLog log = new RationedLog(LoggerFactory.getLogger(AppFlow.class));
  private static final Duration HEDGE = Duration.ofSeconds(1);

  private final Sources sources;
  private final Negotiation negotiation;
  private final Duration deadline;

  AppFlow(Sources sources, Negotiation negotiation, Duration deadline) {
    this.sources = sources;
    this.negotiation = negotiation;
    this.deadline = deadline;
  }

  Answered answer(Request request, Route.App route) throws InterruptedException {
    Optional<AppId> app = sources.deployed().apply(route.name());
    if (app.isEmpty()) {
      return unavailable(route.name(), "it is not deployed");
    }
    Request asked = new UpstreamRequests(sources.via()).passed(request);
    boolean isPlainRead = request.isRead() && request.body().equals(Body.EMPTY);
    Answered answered = isPlainRead ? hedged(asked, app.get()) : once(asked, app.get());
    return new Answered(answered.source(), negotiation.passed(request, answered.response()));
  }

  private Answered hedged(Request request, AppId app) throws InterruptedException {
    try {
      return HedgedFetch.run(
          List.of(
              () -> attempt(Source.WORKER, sources.workers(), request, app),
              () -> attempt(Source.EXECUTOR, sources.executor(), request, app)),
          HEDGE,
          deadline,
          new ThreadRace<>(late -> late.response().body().close()));
    } catch (IOException e) {
      return unavailable(app.name(), String.valueOf(e.getMessage()));
    }
  }

  private HedgedFetch.Outcome<Answered> attempt(
      Source source, AppSource from, Request request, AppId app) throws InterruptedException {
    return switch (from.call(app, request, deadline)) {
      case AppSource.Outcome.Answered answer ->
          new HedgedFetch.Outcome.Good<>(answered(source, answer.response()));
      case AppSource.Outcome.Unavailable none ->
          new HedgedFetch.Outcome.Bad<>(source.label() + ": " + none.reason());
      case AppSource.Outcome.Failed failed ->
          new HedgedFetch.Outcome.Bad<>(source.label() + ": " + failed.reason());
    };
  }

  private Answered once(Request request, AppId app) throws InterruptedException {
    return switch (sources.workers().call(app, request, deadline)) {
      case AppSource.Outcome.Answered answer -> answered(Source.WORKER, answer.response());
      case AppSource.Outcome.Failed failed -> failed(app.name(), failed.reason());
      case AppSource.Outcome.Unavailable none -> byExecutor(request, app, none.reason());
    };
  }

  private Answered byExecutor(Request request, AppId app, String noWorker)
      throws InterruptedException {
    return switch (sources.executor().call(app, request, deadline)) {
      case AppSource.Outcome.Answered answer -> answered(Source.EXECUTOR, answer.response());
      case AppSource.Outcome.Failed failed -> failed(app.name(), failed.reason());
      case AppSource.Outcome.Unavailable none ->
          unavailable(app.name(), "worker: " + noWorker + "; executor: " + none.reason());
    };
  }

  private static Answered answered(Source source, Response response) {
    return new Answered(
        source,
        response.withHeaders(
            CacheStatus.on(HopByHop.strip(response.headers()), CacheStatus.miss(source))));
  }

  private static Answered failed(String app, String reason) {
    log.warn("app {} failed: {}", app, reason);
    return new Answered(
        Source.OWN,
        Response.text(502, "gyre: the app " + app + " failed after it was given the request"));
  }

  private static Answered unavailable(String app, String reason) {
    log.warn("app {} cannot answer: {}", app, reason);
    Response busy = Response.text(503, "gyre: nobody can run the app " + app + " now");
    return new Answered(Source.OWN, busy.withHeaders(busy.headers().and("retry-after", "2")));
  }
}
