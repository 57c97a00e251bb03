package gyre.proxy.http.exchange;

import gyre.proxy.cache.HttpTime;
import java.time.Instant;
import java.time.InstantSource;

/** The current time as an IMF-fixdate (RFC 9110, 5.6.7), rendered once a second. Any thread. */
public final class HttpDate {
  private record Rendered(long second, String text) {}

  private final InstantSource clock;
  private volatile Rendered last = new Rendered(-1, "");

  public HttpDate(InstantSource clock) {
    this.clock = clock;
  }

  public String now() {
    long second = clock.millis() / 1000;
    Rendered rendered = last;
    if (rendered.second() != second) {
      rendered = new Rendered(second, HttpTime.format(Instant.ofEpochSecond(second)));
      last = rendered;
    }
    return rendered.text();
  }
}
