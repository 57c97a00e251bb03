package gyre.proxy.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.message.Headers;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheControlTest {
  private static Map<String, String> directives(String value) {
    return CacheControl.of(Headers.of("cache-control", value)).directives();
  }

  @Test
  void aCommaWithinQuotesSeparatesNothing() {
    assertEquals(
        Map.of("no-cache", "set-cookie, age", "max-age", "5"),
        directives("no-cache=\"set-cookie, age\", max-age=5"));
  }

  @Test
  void aQuoteThatIsNeverClosedHidesNoDirective() {
    assertEquals(
        Map.of("max-age", "60", "foo", "\"bar", "private", ""),
        directives("max-age=60, foo=\"bar, private"));
  }

  @Test
  void theFirstOfTwoCounts() {
    assertEquals(Map.of("max-age", "1"), directives("max-age=1, Max-Age=2"));
  }
}
