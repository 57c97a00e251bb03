package gyre.proxy.http;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The current time as an IMF-fixdate (RFC 9110, 5.6.7), rendered once a second. Any thread. */
final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private record Rendered(long second, String text) {}

  private final InstantSource clock;
  private volatile Rendered last = new Rendered(-1, "");

  HttpDate(InstantSource clock) {
    this.clock = clock;
  }

  String now() {
    long second = clock.millis() / 1000;
    Rendered rendered = last;
    if (rendered.second() != second) {
      rendered = new Rendered(second, FORMAT.format(Instant.ofEpochSecond(second)));
      last = rendered;
    }
    return rendered.text();
  }
}
