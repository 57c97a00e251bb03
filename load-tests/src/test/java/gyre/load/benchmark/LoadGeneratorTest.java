package gyre.load.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.start.StartFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoadGeneratorTest {
  @Test
  void whatTheProgramPrintsIsItsOutput() {
    assertEquals("said\n", LoadGenerator.output(List.of("echo", "said"), "coreutils"));
  }

  @Test
  void aProgramThatDoesNotEndIsGivenUp() {
    Duration passed = LoadGenerator.GRACE.negated().plusMillis(1);
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () -> LoadGenerator.output(List.of("sleep", "3600"), passed, "coreutils"));
    assertTrue(failure.getMessage().startsWith("sleep did not end"), failure.getMessage());
  }

  @Test
  void aProgramThatIsMissingIsNamedWithItsPackage() {
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () -> LoadGenerator.output(List.of("no-such-program"), "its-package"));
    assertTrue(failure.getMessage().contains("apt-get install its-package"), failure.getMessage());
  }
}
