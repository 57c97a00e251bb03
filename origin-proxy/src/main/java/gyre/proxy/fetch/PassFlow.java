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
import gyre.wire.HeaderField;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
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

  /** What becomes of a request that only asks, and that no thread waits for. */
  interface Receiver {
    void answered(Answered answered);

    void failed(IOException reason);

    void undone(Route.Pass route);
  }

  /** On an event loop; what is returned gives the request up. */
  Runnable begin(Request request, Route.Pass route, Receiver receiver) {
    return sources
        .upstream()
        .apply(route.site())
        .begin(requests.passed(request), route.patience(), new Onward(request, route, receiver));
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

  Answered forward(Request request, SiteConfig site, Patience patience, HeaderField member)
      throws IOException {
    Response response = sources.upstream().apply(site).fetch(requests.passed(request), patience);
    return answered(request, response, member);
  }

  private Answered answered(Request request, Response response, HeaderField member) {
    return closingOnFailure(
        response,
        () -> {
          Response passed = response.withHeaders(passedOn(response, member));
          return new Answered(
              Source.UPSTREAM,
              negotiation.passed(request, ReportedBody.on(request, passed, brokenOff)));
        });
  }

  private Headers passedOn(Response response, HeaderField member) {
    Predicate<HeaderField> hop = HopByHop.of(response.headers());
    return response
        .headers()
        .changed(
            field -> hop.test(field) || field.name().equals(Purge.FIELD),
            sources.via().member(response.version()),
            member);
  }

  /** Makes the upstream's response the visitor's. */
  private final class Onward implements UpstreamSource.Receiver {
    private final Request request;
    private final Route.Pass route;
    private final Receiver receiver;

    Onward(Request request, Route.Pass route, Receiver receiver) {
      this.request = request;
      this.route = route;
      this.receiver = receiver;
    }

    @Override
    public void responded(Response response) {
      HeaderField member = CacheStatus.passed(route.why());
      receiver.answered(PassFlow.this.answered(request, response, member));
    }

    @Override
    public void failed(IOException reason) {
      receiver.failed(reason);
    }

    @Override
    public void undone() {
      receiver.undone(route);
    }
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
