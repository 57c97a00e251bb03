package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long a response stays fresh, and how old it is (RFC 9111, 4.2), for a shared cache. */
public final class Freshness {
  private static final Duration LONGEST_HEURISTIC = Duration.ofDays(1);

  /** What delta-seconds beyond 31 bits stand for (section 1.2.2). */
  private static final long OLDEST = 1L << 31;

  private Freshness() {}

  /** Section 4.2.1: s-maxage, max-age, Expires; else a tenth of the time since Last-Modified. */
  public static Duration lifetime(int status, Headers headers, Instant received) {
    ResponseControl control = ResponseControl.of(headers);
    CacheControl directives = control.directives();
    Optional<Duration> told =
        directives.seconds("s-maxage").or(() -> directives.seconds("max-age"));
    if (told.isPresent()) {
      return told.get();
    }
    Instant date = date(headers, received);
    if (control.expires().isPresent()) {
      return control
          .expires()
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
    Duration corrected = told(headers).plus(Duration.between(requested, received));
    return apparent.compareTo(corrected) > 0 ? apparent : corrected;
  }

  /**
   * Age as it was received: of several values the first one; parameters, which it cannot have, are
   * passed over; what is no number is ignored (section 5.1).
   */
  private static Duration told(Headers headers) {
    String first = headers.first("age").orElse("").split("[,;]", 2)[0].strip();
    if (first.isEmpty() || !first.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Duration.ZERO;
    }
    return Duration.ofSeconds(first.length() > 9 ? OLDEST : Long.parseLong(first));
  }

  private static Instant date(Headers headers, Instant received) {
    return headers.first("date").flatMap(HttpTime::parse).orElse(received);
  }

  private static Duration atLeastZero(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
