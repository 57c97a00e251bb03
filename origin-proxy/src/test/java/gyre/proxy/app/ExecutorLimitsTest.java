package gyre.proxy.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutorLimitsTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 200", "2, 400", "3, 800", "8, 25600", "9, 30000", "1000, 30000"})
  void thePauseBeforeAReplacementGrowsToHalfAMinute(int failures, long millis) {
    ExecutorLimits limits = ExecutorLimits.of(Duration.ofSeconds(10), 1 << 20);
    assertEquals(Duration.ofMillis(millis), limits.pause(failures));
  }
}
