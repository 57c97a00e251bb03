package gyre.proxy.http.exchange;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000L;

  /** 10 s of grace, 256 bytes a second. */
  private final Pace pace = new Pace(FrontLimits.DEFAULT);

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
    Pace any = new Pace(FrontLimits.DEFAULT.withBodyRate(0));
    any.awaited(0);
    assertTrue(any.received(1, 1_000_000 * SECOND));
  }
}
