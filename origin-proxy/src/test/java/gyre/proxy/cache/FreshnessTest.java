package gyre.proxy.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.message.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FreshnessTest {

  @ParameterizedTest(name = "{0} -> {1} s")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          cache-control: max-age=10,                                   10
          `cache-control: max-age=10, s-maxage=20`,                    20
          cache-control: max-age="10",                                 10
          cache-control: MAX-AGE=10,                                   10
          `cache-control: max-age=10, max-age=20`,                     10
          cache-control: max-age=-1,                                   0
          cache-control: max-age=1.5,                                  0
          cache-control: max-age=,                                     0
          cache-control: max-age=99999999999,                          2147483647
          `expires: Sat, 21 Nov 2026 12:01:00 GMT`,                    60
          `expires: Saturday, 21-Nov-26 12:01:00 GMT`,                 60
          expires: Sat Nov 21 12:01:00 2026,                           60
          expires: 0,                                                  0
          `expires: Sat, 21 Nov 2026 11:00:00 GMT`,                    0
          `cache-control: max-age=5; expires: Sat, 21 Nov 2026 12:01:00 GMT`, 5
          `last-modified: Sat, 21 Nov 2026 11:00:00 GMT`,              360
          `last-modified: Fri, 21 Nov 2025 11:00:00 GMT`,              86400
          `cache-control: x="a, max-age=3", max-age=7`,                7
          x: y,                                                        0
          expires: Sat Nov  7 12:01:00 2026,                           0
          `expires: SUN, 21 nov 2026 12:01:00 gmt`,                    60
          `expires: Sat, 21 Nov 2026 12:01:00 UTC`,                    0
          `expires: Sat, 21 Nov 2026 12:01:00 AEST`,                   0
          `expires: Sat, 21 Nov 26 12:01:00 GMT`,                      0
          `expires: Sat 21 Nov 2026 12:01:00 GMT`,                     0
          `expires: Sat, 21  Nov 2026 12:01:00 GMT`,                   0
          `expires: Sat, 21-Nov-2026 12:01:00 GMT`,                    0
          `expires: Sat, 21 Nov 2026 12.01.00 GMT`,                    0
          `expires: Sat, 21 Nov 2026 9:01:00 GMT`,                     0
          """)
  void theLifetimeOfAResponse(String headers, long seconds) {
    assertEquals(seconds, Messages.stored(Messages.get(""), headers).lifetime().toSeconds());
  }

  @ParameterizedTest(name = "{0} -> {1} s")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          cdn-cache-control: max-age=10,                                           10
          cdn-cache-control: max-age=10; cache-control: max-age=3,                 10
          cdn-cache-control: max-age=3; cache-control: max-age=10,                 3
          `cdn-cache-control: max-age=0; expires: Sat, 21 Nov 2026 12:01:00 GMT`,  0
          `cdn-cache-control: max-age=9, x; cache-control: no-store`,              9
          `cdn-cache-control: max-age=9, &&; cache-control: max-age=3`,            3
          cdn-cache-control: ; cache-control: max-age=3,                           3
          cdn-cache-control: max-age="10"; cache-control: max-age=3,               0
          cdn-cache-control: max-age=1.5; cache-control: max-age=3,                0
          cdn-cache-control: max-age=-5; cache-control: max-age=3,                 0
          cdn-cache-control: max-age =10; cache-control: max-age=3,                3
          cdn-cache-control: MAX-AGE=10; cache-control: max-age=3,                 3
          cdn-cache-control: max-age=99999999999,                                  2147483647
          """)
  void theLifetimeThatIsMeantForThisCache(String headers, long seconds) {
    assertEquals(seconds, Messages.stored(Messages.get(""), headers).lifetime().toSeconds());
  }

  @ParameterizedTest(name = "age: {0} -> {1} s")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          50,                   50
          `50, 0`,              50
          `0, 50`,              0
          50|x=1,               50
          abc,                  0
          -50,                  0
          50.0,                 0
          2147483647,           2147483648
          99999999999999999999, 2147483648
          """)
  void theAgeThatAResponseTells(String age, long seconds) {
    assertEquals(
        seconds,
        Freshness.initialAge(Messages.headers("age: " + age), Messages.NOW, Messages.NOW)
            .toSeconds());
  }

  @Test
  void theAgeIsTheLargerOfWhatDateAndAgeSay() {
    Instant sent = Messages.NOW;
    assertEquals(
        Duration.ofSeconds(30),
        Freshness.initialAge(Messages.headers("date: Sat, 21 Nov 2026 11:59:30 GMT"), sent, sent));
    assertEquals(
        Duration.ofSeconds(52),
        Freshness.initialAge(
            Messages.headers("date: Sat, 21 Nov 2026 11:59:30 GMT; age: 50"),
            sent.minusSeconds(2),
            sent));
  }

  @ParameterizedTest(name = "told {0}, asked {1}, after {2} s: {3}")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          max-age=10,                  ``,               5,  AT_ONCE
          max-age=10,                  ``,               10, VALIDATED
          max-age=10,                  no-cache,         5,  VALIDATED
          `max-age=10, no-cache`,      ``,               5,  VALIDATED
          max-age=10,                  max-age=4,        5,  VALIDATED
          max-age=10,                  max-age=5,        5,  AT_ONCE
          max-age=10,                  min-fresh=5,      5,  AT_ONCE
          max-age=10,                  min-fresh=6,      5,  VALIDATED
          max-age=10,                  max-stale,        50, AT_ONCE
          max-age=10,                  max-stale=5,      14, AT_ONCE
          max-age=10,                  max-stale=5,      16, VALIDATED
          `max-age=10, must-revalidate`, max-stale,      50, VALIDATED
          `max-age=10, proxy-revalidate`, max-stale,     50, VALIDATED
          s-maxage=10,                 max-stale,        50, VALIDATED
          `max-age=10, stale-while-revalidate=5`, ``,                            14, MEANWHILE
          `max-age=10, stale-while-revalidate=5`, ``,                            15, VALIDATED
          `max-age=10, stale-while-revalidate=5`, max-age=60,                    14, VALIDATED
          `max-age=10, stale-while-revalidate=5, must-revalidate`, ``,           14, VALIDATED
          `s-maxage=10, stale-while-revalidate=5`, ``,                           14, MEANWHILE
          """)
  void howAStoredResponseAnswers(String told, String asked, long seconds, Reuse expected) {
    Request request = Messages.get(asked.isEmpty() ? "" : "cache-control: " + asked);
    StoredResponse stored = Messages.stored(request, "cache-control: " + told);
    assertEquals(expected, Reuse.of(stored, request, Messages.NOW.plusSeconds(seconds)));
  }

  @ParameterizedTest(name = "told {0}, asked {1}, after {2} s: {3}")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          `max-age=10, stale-if-error=5`,                  ``,               14, true
          `max-age=10, stale-if-error=5`,                  ``,               15, false
          `max-age=10, stale-if-error=5, must-revalidate`, ``,               14, false
          `max-age=10, stale-if-error=5, no-cache`,        ``,               14, false
          max-age=10,                                      ``,               11, false
          max-age=10,                                      stale-if-error=5, 14, true
          """)
  void whatMayAnswerForAnUpstreamThatFails(
      String told, String asked, long seconds, boolean expected) {
    Request request = Messages.get(asked.isEmpty() ? "" : "cache-control: " + asked);
    StoredResponse stored = Messages.stored(request, "cache-control: " + told);
    assertEquals(expected, Reuse.mayStandIn(stored, request, Messages.NOW.plusSeconds(seconds)));
  }

  @Test
  void pragmaCountsOnlyWithoutCacheControl() {
    StoredResponse stored = Messages.stored(Messages.get(""), "cache-control: max-age=10");
    assertEquals(Reuse.VALIDATED, Reuse.of(stored, Messages.get("pragma: no-cache"), Messages.NOW));
    assertEquals(
        Reuse.AT_ONCE,
        Reuse.of(
            stored, Messages.get("pragma: no-cache; cache-control: max-age=100"), Messages.NOW));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sat, 21 Nov 2026 12:00:00 GMT",
        "Saturday, 21-Nov-26 12:00:00 GMT",
        "Sat Nov 21 12:00:00 2026"
      })
  void threeFormsOfADateAreRead(String text) {
    assertEquals(Optional.of(Messages.NOW), HttpTime.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "Sat, 21 Nov 2026 12:00:00 +0100",
        "Sat, 21 Nov +999999999 12:00:00 GMT",
        "2026-11-21",
        "x"
      })
  void anythingElseIsNoDate(String text) {
    assertEquals(Optional.empty(), HttpTime.parse(text));
  }

  @Test
  void a304BringsNewHeadersAndANewAge() {
    StoredResponse stored =
        Messages.stored(Messages.get(""), "cache-control: max-age=10; etag: \"x\"; x: old");
    Instant later = Messages.NOW.plusSeconds(100);
    StoredResponse fresh =
        stored.refreshed(
            Messages.headers(
                "cache-control: max-age=20; x: new; content-length: 0; date: "
                    + HttpTime.format(later)),
            later,
            later);
    assertEquals(Duration.ofSeconds(20), fresh.lifetime());
    assertEquals(Duration.ZERO, fresh.age(later));
    assertEquals(Optional.of("new"), fresh.headers().first("x"));
    assertEquals(Optional.of("\"x\""), fresh.headers().first("etag"));
    assertEquals(Optional.empty(), fresh.headers().first("content-length"));
  }
}
