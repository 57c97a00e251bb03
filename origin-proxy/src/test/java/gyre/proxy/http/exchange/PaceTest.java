package gyre.proxy.http.exchange;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Pace pace = new Pace(256, GRACE);

  @Test
  void aByteASecondIsTooSlowAfterItsGrace() {
    for (int second = 0; second < 10; second++) {
      pace.awaited(second * SECOND);
      assertTrue(pace.received(1, (second + 1) * SECOND));
    }
    pace.awaited(10 * SECOND);
    assertFalse(pace.received(1, 11 * SECOND));
  }

  @Test
  void timeInWhichNobodyWaitedDoesNotCount() {
    pace.awaited(0);
    assertTrue(pace.received(1, SECOND));
    assertTrue(pace.received(1, 1_000 * SECOND));
  }

  @Test
  void whatIsFastEnoughOnAverageIsFastEnough() {
    pace.awaited(0);
    assertTrue(pace.received(60 * 256, SECOND));
    pace.awaited(SECOND);
    assertTrue(pace.received(1, 60 * SECOND));
    pace.awaited(60 * SECOND);
    assertFalse(pace.received(1, 61 * SECOND));
  }

  @Test
  void whereNoRateIsDemandedNothingIsTooSlow() {
    Pace any = new Pace(0, GRACE);
    any.awaited(0);
    assertTrue(any.received(1, 1_000_000 * SECOND));
  }
}
