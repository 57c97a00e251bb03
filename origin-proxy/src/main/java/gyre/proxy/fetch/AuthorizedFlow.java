package gyre.proxy.fetch;

import gyre.proxy.cache.Purge;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.wire.HeaderField;
import java.io.IOException;

/**
 * A request with Authorization that the cache cannot answer (RFC 9111, 3.5). It goes on as it is,
 * for itself alone; the answer is kept for others only where it says that it may be, and is never
 * signed.
 */
final class AuthorizedFlow {
  private final ResponseCache cache;
  private final ResourceFetch fetch;
  private final Flights flights;
  private final Filling filling;
  private final Negotiation negotiation;
  private final RationedLog brokenOff = ReportedBody.newLog();

  AuthorizedFlow(
      ResponseCache cache,
      ResourceFetch fetch,
      Flights flights,
      Filling filling,
      Negotiation negotiation) {
    this.cache = cache;
    this.fetch = fetch;
    this.flights = flights;
    this.filling = filling;
    this.negotiation = negotiation;
  }

  Answered answer(Request request, Route.Cacheable route) throws IOException {
    HeaderField member = CacheStatus.passed(Route.Why.REQUEST);
    Flights.Flight flight = flights.alone(cache.mark());
    return switch (fetch.authorized(request, route)) {
      case Authorized.Shared shared -> {
        Response answer = shared.found().answer(request, source -> member, negotiation);
        filling.pour(flight, request, route, shared.found());
        yield new Answered(Source.UPSTREAM, answer);
      }
      case Authorized.Own own -> {
        Response response = own.response();
        yield new Answered(
            Source.UPSTREAM,
            negotiation.passed(
                request,
                ReportedBody.on(
                    request,
                    response.withHeaders(
                        CacheStatus.on(response.headers().without(Purge.FIELD), member)),
                    brokenOff)));
      }
    };
  }
}
