package gyre.proxy.fetch;

import gyre.proxy.cache.Storability;
import gyre.proxy.cache.Variant;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The fetches that are under way, one per resource: requests that want the same wait for the first
 * one's head, and read its body while it streams.
 */
final class Flights {

  /** What the first request of a resource has found. */
  sealed interface Landing {
    /** A response for everybody whose request selects the same variant. */
    record Shared(Found found, Headers request) implements Landing {
      /** The answer to a request that joins, be it after the last byte; empty where it may not. */
      Optional<Response> answer(Request other, Negotiation negotiation) {
        if (!Storability.isForAWhile(found.status(), found.headers(), found.received())
            || !Variant.sameFor(found.headers(), request, other.headers())) {
          return Optional.empty();
        }
        PartAsked part = PartAsked.of(other);
        try (Fill.Place place = found.content().place()) {
          return place.isAtTheStart() && found.content().isSoonThere(part)
              ? Optional.of(joined(other, negotiation))
              : Optional.empty();
        }
      }

      private Response joined(Request other, Negotiation negotiation) {
        return found.content().isComplete()
            ? found.answer(other, source -> CacheStatus.HIT, negotiation)
            : found.answer(other, CacheStatus::collapsed, negotiation);
      }
    }

    /** What was stored holds good again: look it up. */
    record Stored() implements Landing {}

    /** Every request has to ask for itself. */
    record Alone() implements Landing {}
  }

  /** A leader's promise. Ending it lets the next request lead. */
  final class Flight {
    private final String key;
    private final long mark;
    private final CompletableFuture<Landing> landing = new CompletableFuture<>();

    private Flight(String key, long mark) {
      this.key = key;
      this.mark = mark;
    }

    /** When it began, as the cache reckons it: what was purged since is not to be kept. */
    long mark() {
      return mark;
    }

    void land(Landing result) {
      landing.complete(result);
    }

    /** Nobody joins any more; those who wait for a landing that did not come ask for themselves. */
    void end() {
      underWay.remove(key, this);
      landing.complete(new Landing.Alone());
    }

    /** Empty where there is none within {@code atMost}. */
    Optional<Landing> await(Duration atMost) throws InterruptedException {
      try {
        return Optional.of(landing.get(atMost.toNanos(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException | ExecutionException e) {
        return Optional.empty();
      }
    }
  }

  /** Either this request leads, or another one does. */
  record Boarding(Flight flight, boolean leads) {}

  private final Map<String, Flight> underWay = new ConcurrentHashMap<>();

  int count() {
    return underWay.size();
  }

  /** A flight that nobody can join. */
  Flight alone(long mark) {
    return new Flight("", mark);
  }

  /** The one that is under way. */
  Optional<Flight> running(String key) {
    return Optional.ofNullable(underWay.get(key));
  }

  /** {@code mark}: now, as the cache reckons it. */
  Boarding board(String key, long mark) {
    Flight fresh = new Flight(key, mark);
    Flight running = underWay.putIfAbsent(key, fresh);
    return running == null ? new Boarding(fresh, true) : new Boarding(running, false);
  }
}
