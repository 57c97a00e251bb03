package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** How a stored response may answer a request (RFC 9111, 4 and 5.2.1; RFC 5861). */
enum Reuse {
  /** As it stands. */
  AT_ONCE,
  /** As it stands, while it is validated in the background (RFC 5861, 3). */
  MEANWHILE,
  /** Only once it was validated. */
  VALIDATED;

  static Reuse of(StoredResponse stored, Request request, Instant now) {
    CacheControl asked = requestControl(request.headers());
    ResponseControl told = stored.control();
    if (asked.has("no-cache") || told.has("no-cache")) {
      return VALIDATED;
    }
    Duration age = stored.age(now);
    Duration left = stored.lifetime().minus(age);
    if (asked.seconds("max-age").filter(most -> age.compareTo(most) > 0).isPresent()) {
      return VALIDATED;
    }
    if (left.isPositive()) {
      boolean lasts = asked.seconds("min-fresh").filter(l -> left.compareTo(l) < 0).isEmpty();
      return lasts ? AT_ONCE : VALIDATED;
    }
    return stale(asked, told, left.negated());
  }

  private static Reuse stale(CacheControl asked, ResponseControl told, Duration staleness) {
    if (!forbidsStale(told) && !told.has("s-maxage") && isWithinMaxStale(asked, staleness)) {
      return AT_ONCE;
    }
    Duration window = told.directives().seconds("stale-while-revalidate").orElse(Duration.ZERO);
    boolean asksForFresh = asked.has("min-fresh") || asked.has("max-age");
    return forbidsStale(told) || asksForFresh || staleness.compareTo(window) >= 0
        ? VALIDATED
        : MEANWHILE;
  }

  /**
   * Whether it may answer where the upstream cannot (RFC 5861, 4). Beside s-maxage, too: who says
   * both means both.
   */
  static boolean mayStandIn(StoredResponse stored, Request request, Instant now) {
    CacheControl asked = requestControl(request.headers());
    ResponseControl told = stored.control();
    if (forbidsStale(told) || told.has("no-cache")) {
      return false;
    }
    Duration window =
        told.directives()
            .seconds("stale-if-error")
            .or(() -> asked.seconds("stale-if-error"))
            .orElse(Duration.ZERO);
    return stored.age(now).minus(stored.lifetime()).compareTo(window) < 0;
  }

  private static boolean forbidsStale(ResponseControl told) {
    return told.has("must-revalidate") || told.has("proxy-revalidate");
  }

  private static boolean isWithinMaxStale(CacheControl asked, Duration staleness) {
    if (!asked.has("max-stale")) {
      return false;
    }
    boolean unlimited = asked.directives().getOrDefault("max-stale", "").isEmpty();
    return unlimited || staleness.compareTo(asked.seconds("max-stale").orElse(Duration.ZERO)) <= 0;
  }

  /** Pragma: no-cache stands for the directive where there is no Cache-Control (5.4). */
  static CacheControl requestControl(Headers request) {
    boolean pragma = !request.contains("cache-control") && request.lists("pragma", "no-cache");
    return pragma ? new CacheControl(Map.of("no-cache", "")) : CacheControl.of(request);
  }
}
