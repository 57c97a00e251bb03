package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.Purge;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HopByHop;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** A request that goes to the upstream as it is, and its answer back, both streaming. */
final class PassFlow {
  private final Sources sources;
  private final ResponseCache cache;
  private final Publication publication;
  private final Negotiation negotiation;
  private final UpstreamRequests requests;
  private final RationedLog brokenOff = ReportedBody.newLog();

  PassFlow(Sources sources, ResponseCache cache, Publication publication, Negotiation negotiation) {
    this.sources = sources;
    this.cache = cache;
    this.publication = publication;
    this.negotiation = negotiation;
    this.requests = new UpstreamRequests(sources.via());
  }

  Answered pass(Request request, Route.Pass route) throws IOException {
    Answered answered =
        forward(request, route.site(), route.patience(), CacheStatus.passed(route.why()));
    int status = answered.response().status();
    if (isUnsafe(request) && status >= 200 && status < 400) {
      closingOnFailure(
          answered.response(),
          () -> {
            invalidate(request, answered.response(), route.site());
            return answered;
          });
    }
    return answered;
  }

  Answered forward(Request request, SiteConfig site, Patience patience, String member)
      throws IOException {
    Response response = sources.upstream().apply(site).fetch(requests.passed(request), patience);
    return closingOnFailure(
        response,
        () -> {
          Headers headers =
              sources
                  .via()
                  .on(response.version(), HopByHop.strip(response.headers()).without(Purge.FIELD));
          return new Answered(
              Source.UPSTREAM,
              negotiation.passed(
                  request,
                  ReportedBody.on(
                      request, response.withHeaders(CacheStatus.on(headers, member)), brokenOff)));
        });
  }

  /** Whoever gets no answer closes no body: the upstream's connection would stay open. */
  private static Answered closingOnFailure(Response response, Supplier<Answered> step) {
    boolean done = false;
    try {
      Answered answered = step.get();
      done = true;
      return answered;
    } finally {
      if (!done) {
        response.body().close();
      }
    }
  }

  private static boolean isUnsafe(Request request) {
    return !request.isRead() && !request.method().equals("OPTIONS");
  }

  /** RFC 9111, 4.4: a change makes what is known of a resource invalid, here and at visitors. */
  private void invalidate(Request request, Response response, SiteConfig site) {
    for (String target : Changed.targets(request, response.headers())) {
      Request changed = request.withTarget(target);
      cache.invalidate(changed);
      if (publication.fresh(site.id(), changed.resource()).isPresent()) {
        publication.withdraw(site.id(), List.of(changed.resource()));
      }
    }
  }
}
