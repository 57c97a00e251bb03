package gyre.proxy.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.certificate.acme.OwnCertificates;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final X509Certificate leaf = OwnCertificates.meanwhile("a.test").leaf();
  private final Instant end = leaf.getNotAfter().toInstant();
  private final Duration life = Duration.between(leaf.getNotBefore().toInstant(), end);

  private static Schedule schedule(Optional<Duration> renewBefore) {
    return new Schedule(renewBefore, Duration.ofMinutes(2), Duration.ofHours(6), new Random(7));
  }

  private static void assertBetween(Instant from, Instant to, Instant actual) {
    assertFalse(actual.isBefore(from), actual + " is before " + from);
    assertTrue(actual.isBefore(to), actual + " is not before " + to);
  }

  @ParameterizedTest
  @CsvSource({"'', 122", "30, 30", "200, 200", "300, 244", "4000, 244"})
  void aCertificateIsRenewedInTimeAndNeverInTheFirstThirdOfItsLife(String before, int days) {
    Optional<Duration> wish =
        before.isEmpty() ? Optional.empty() : Optional.of(Duration.ofDays(Long.parseLong(before)));
    Instant begin = end.minus(Duration.ofDays(days));
    for (int i = 0; i < 100; i++) {
      assertBetween(begin, begin.plus(life.dividedBy(29)), schedule(wish).renewal(leaf));
    }
  }

  @Test
  void oneThatIsNearlyOverWhenItIsIssuedIsNotReplacedAtOnce() {
    Instant late = end.minusSeconds(5);
    assertEquals(late.plus(Duration.ofMinutes(2)), schedule(Optional.empty()).renewal(leaf, late));
  }

  @Test
  void oneThatIsOverWhenItIsIssuedIsReplacedAfterTheLongestPause() {
    Instant over = end.plusSeconds(5);
    assertEquals(over.plus(Duration.ofHours(6)), schedule(Optional.empty()).renewal(leaf, over));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 4", "5, 32", "8, 256", "9, 360", "60, 360", "2000000000, 360"})
  void pausesDoubleUpToSixHours(int failures, int minutes) {
    Instant next = schedule(Optional.empty()).retry(NOW, failures, Optional.empty());
    Duration pause = Duration.ofMinutes(minutes);
    assertBetween(NOW.plus(pause), NOW.plus(pause).plus(pause.dividedBy(10)), next);
  }

  @Test
  void theAuthoritysWishCountsWhereItIsLaterButNotForEver() {
    Schedule schedule = schedule(Optional.empty());
    Instant wish = NOW.plus(Duration.ofHours(30));
    assertEquals(wish, schedule.retry(NOW, 1, Optional.of(wish)));
    assertBetween(
        NOW.plus(Duration.ofMinutes(2)),
        NOW.plus(Duration.ofMinutes(3)),
        schedule.retry(NOW, 1, Optional.of(NOW.minusSeconds(9))));
    assertEquals(
        NOW.plus(Duration.ofDays(7)),
        schedule.retry(NOW, 1, Optional.of(NOW.plus(Duration.ofDays(4000)))));
  }
}
