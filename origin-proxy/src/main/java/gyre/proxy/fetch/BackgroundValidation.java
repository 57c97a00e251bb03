package gyre.proxy.fetch;

import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.Verdict;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Interim;
import gyre.proxy.message.Request;
import gyre.proxy.route.Route;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.LoggerFactory;

/**
 * Asks whether what was answered stale still holds, and keeps the answer (RFC 5861, 3): one at a
 * time for each resource, on nobody's behalf, and {@link #MOST} in all, each on a virtual thread of
 * its own. Any thread.
 */
final class BackgroundValidation {
  static final int MOST = 64;
  private static final RationedLog log =
      new RationedLog(LoggerFactory.getLogger(BackgroundValidation.class));

  private static final Set<String> VISITORS =
      Set.of("cookie", "range", "if-range", "cache-control", "pragma");

  private final ResponseCache cache;
  private final Flights flights;
  private final InstantSource clock;
  private final Leading leading;
  private final Semaphore free = new Semaphore(MOST);

  /** What is done by a request that leads its flight, which ends with it. */
  @FunctionalInterface
  interface Leading {
    Answered lead(
        Flights.Flight flight, Request request, Route.Cacheable route, Verdict.Stale stale)
        throws IOException, InterruptedException;
  }

  BackgroundValidation(ResponseCache cache, Flights flights, InstantSource clock, Leading leading) {
    this.cache = cache;
    this.flights = flights;
    this.clock = clock;
    this.leading = leading;
  }

  /** Never blocks. Not where too many are under way: a later request finds it ageing still. */
  void begin(Request request, Route.Cacheable route, Verdict.Stale stale) {
    if (!free.tryAcquire()) {
      return;
    }
    Flights.Boarding boarding = flights.board(ResponseCache.key(request), cache.mark());
    if (!boarding.leads() || isFreshAgain(request)) {
      endOf(boarding);
      free.release();
      return;
    }
    Thread.ofVirtual()
        .name("gyre-validate")
        .start(() -> validate(boarding.flight(), everybodys(request), route, stale));
  }

  /** The whole, whatever the visitor asked of it, and however. */
  private static Request everybodys(Request request) {
    return request
        .withMethod("GET")
        .withHeaders(request.headers().without(field -> VISITORS.contains(field.name())))
        .withInterim(Interim.NONE);
  }

  /** Another one may have validated it while this request looked. */
  private boolean isFreshAgain(Request request) {
    return cache.lookUp(request, clock.instant()) instanceof Verdict.Fresh;
  }

  private static void endOf(Flights.Boarding boarding) {
    if (boarding.leads()) {
      boarding.flight().end();
    }
  }

  private void validate(
      Flights.Flight flight, Request request, Route.Cacheable route, Verdict.Stale stale) {
    try {
      leading.lead(flight, request, route, stale).response().body().close();
    } catch (IOException | InterruptedException e) {
      log.info("{} was not validated: {}", request.resource(), e.getMessage());
    } finally {
      free.release();
    }
  }
}
