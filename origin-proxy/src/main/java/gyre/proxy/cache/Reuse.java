package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Whether a stored response may answer a request without validation (RFC 9111, 4 and 5.2.1). */
final class Reuse {
  private Reuse() {}

  static boolean isFreshEnough(StoredResponse stored, Request request, Instant now) {
    CacheControl asked = requestControl(request.headers());
    ResponseControl told = stored.control();
    if (asked.has("no-cache") || told.has("no-cache")) {
      return false;
    }
    Duration age = stored.age(now);
    Duration left = stored.lifetime().minus(age);
    Optional<Duration> maxAge = asked.seconds("max-age");
    if (maxAge.isPresent() && age.compareTo(maxAge.get()) > 0) {
      return false;
    }
    if (left.isPositive()) {
      return asked.seconds("min-fresh").map(least -> left.compareTo(least) >= 0).orElse(true);
    }
    return mayBeStale(asked, told, left.negated());
  }

  private static boolean mayBeStale(CacheControl asked, ResponseControl told, Duration staleness) {
    boolean forbidden =
        told.has("must-revalidate") || told.has("proxy-revalidate") || told.has("s-maxage");
    if (forbidden || !asked.has("max-stale")) {
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
