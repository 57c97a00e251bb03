package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long a response stays fresh, and how old it is (RFC 9111, 4.2), for a shared cache. */
public final class Freshness {
  private static final Duration LONGEST_HEURISTIC = Duration.ofDays(1);

  private Freshness() {}

  /** Whether the response itself says how long it is fresh. */
  public static boolean isExplicit(Headers headers) {
    CacheControl control = CacheControl.of(headers);
    return control.has("s-maxage") || control.has("max-age") || headers.contains("expires");
  }

  /** Section 4.2.1: s-maxage, max-age, Expires; else a tenth of the time since Last-Modified. */
  public static Duration lifetime(int status, Headers headers, Instant received) {
    CacheControl control = CacheControl.of(headers);
    Optional<Duration> told = control.seconds("s-maxage").or(() -> control.seconds("max-age"));
    if (told.isPresent()) {
      return told.get();
    }
    Instant date = date(headers, received);
    if (headers.contains("expires")) {
      return headers
          .first("expires")
          .flatMap(HttpTime::parse)
          .map(expires -> atLeastZero(Duration.between(date, expires)))
          .orElse(Duration.ZERO);
    }
    return Storability.isHeuristic(status) || control.has("public")
        ? heuristic(headers, date)
        : Duration.ZERO;
  }

  private static Duration heuristic(Headers headers, Instant date) {
    Duration tenth =
        headers
            .first("last-modified")
            .flatMap(HttpTime::parse)
            .map(modified -> atLeastZero(Duration.between(modified, date)).dividedBy(10))
            .orElse(Duration.ZERO);
    return tenth.compareTo(LONGEST_HEURISTIC) > 0 ? LONGEST_HEURISTIC : tenth;
  }

  /** Section 4.2.3: the age of a response at the moment it was received. */
  public static Duration initialAge(Headers headers, Instant requested, Instant received) {
    Duration apparent = atLeastZero(Duration.between(date(headers, received), received));
    Duration told =
        headers
            .first("age")
            .filter(text -> text.matches("\\d{1,9}"))
            .map(text -> Duration.ofSeconds(Long.parseLong(text)))
            .orElse(Duration.ZERO);
    Duration corrected = told.plus(Duration.between(requested, received));
    return apparent.compareTo(corrected) > 0 ? apparent : corrected;
  }

  private static Instant date(Headers headers, Instant received) {
    return headers.first("date").flatMap(HttpTime::parse).orElse(received);
  }

  private static Duration atLeastZero(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
