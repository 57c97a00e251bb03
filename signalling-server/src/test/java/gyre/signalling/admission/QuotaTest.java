package gyre.signalling.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gyre.wire.RefusalCode;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class QuotaTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final Allowance TEN = new Allowance(10, 1_000, 2, 1);

  private final Quota quota = new Quota(TEN, NOW);

  @Test
  void aBurstPassesAndTheRestOfTheSecondIsToldOnceAndDropped() {
    for (int i = 0; i < 20; i++) {
      assertInstanceOf(Quota.Verdict.Pass.class, quota.take(1, NOW));
    }
    Quota.Verdict.Tell tell = assertInstanceOf(Quota.Verdict.Tell.class, quota.take(1, NOW));
    assertEquals(RefusalCode.LIMIT, tell.code());
    assertInstanceOf(Quota.Verdict.Drop.class, quota.take(1, NOW));
  }

  @Test
  void bytesCountToo() {
    assertInstanceOf(Quota.Verdict.Pass.class, quota.take(2_000, NOW));
    assertInstanceOf(Quota.Verdict.Tell.class, quota.take(1, NOW));
    assertInstanceOf(Quota.Verdict.Pass.class, quota.take(500, NOW.plusMillis(600)));
  }

  @Test
  void theAllowanceRefillsWithTimeButNeverPastTheBurst() {
    Instant later = NOW.plus(Duration.ofHours(1));
    for (int i = 0; i < 20; i++) {
      quota.take(1, NOW);
    }
    for (int i = 0; i < 20; i++) {
      assertInstanceOf(Quota.Verdict.Pass.class, quota.take(1, later));
    }
    assertInstanceOf(Quota.Verdict.Tell.class, quota.take(1, later));
  }

  @Test
  void aFloodWithoutACalmSecondIsCutOff() {
    Quota.Verdict last = quota.take(1, NOW);
    for (int i = 0; i < 225; i++) {
      last = quota.take(1, NOW);
    }
    Quota.Verdict.Tell tell = assertInstanceOf(Quota.Verdict.Tell.class, last);
    assertEquals(RefusalCode.OVERLOAD, tell.code());
  }

  @Test
  void aClockThatGoesBackGivesNothing() {
    for (int i = 0; i < 20; i++) {
      quota.take(1, NOW);
    }
    assertInstanceOf(Quota.Verdict.Tell.class, quota.take(1, NOW.minusSeconds(100)));
  }
}
