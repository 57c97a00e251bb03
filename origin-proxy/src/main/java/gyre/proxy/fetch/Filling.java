package gyre.proxy.fetch;

import gyre.proxy.message.Request;
import gyre.proxy.route.Route;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pours what arrives into the cache, each on a virtual thread of its own: a representation that can
 * be kept is wanted even if nobody waits.
 */
final class Filling {
  private static final Logger log = LoggerFactory.getLogger(Filling.class);

  private final Library library;
  private final AtomicInteger underWay = new AtomicInteger();

  Filling(Library library) {
    this.library = library;
  }

  /** How many are under way. */
  int count() {
    return underWay.get();
  }

  void pour(Flights.Flight flight, Request request, Route.Cacheable route, Found found) {
    underWay.incrementAndGet();
    Thread.ofVirtual().name("gyre-fill").start(() -> poured(flight, request, route, found));
  }

  private void poured(Flights.Flight flight, Request request, Route.Cacheable route, Found found) {
    try {
      found.content().pour(found.body());
      Optional<Library.Kept> kept = library.keep(request, route, found, flight.mark());
      flight.end();
      kept.ifPresent(whole -> library.publish(request, route, whole));
    } catch (IOException | IllegalStateException e) {
      log.info("{} broke off: {}", request.resource(), e.getMessage());
    } finally {
      flight.end();
      found.content().settle();
      underWay.decrementAndGet();
    }
  }
}
