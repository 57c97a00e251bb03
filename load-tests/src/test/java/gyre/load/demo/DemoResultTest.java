package gyre.load.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.visitor.Traffic;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoResultTest {
  private static final DemoResult RESULT =
      new DemoResult(
          2,
          List.of(
              new PageVisit(1, 1, "/", new Traffic(0, 0, 100, 0)),
              new PageVisit(1, 2, "/b", new Traffic(0, 0, 300, 0)),
              new PageVisit(2, 1, "/", new Traffic(0, 0, 100, 0)),
              new PageVisit(2, 2, "/b", new Traffic(10, 300, 7, 0))),
          new AppAnswers(3, 1, 0));

  @Test
  void offloadIsWhatPeersGaveOfAllThatTravelled() {
    assertEquals(300.0 / 807, RESULT.offload(), 1e-9);
    assertEquals(0.5, RESULT.ceiling(), 1e-9);
  }

  @Test
  void onlyLaterPagesOfLaterVisitorsCouldHaveBeenSpared() {
    assertEquals(new Traffic(10, 300, 7, 0), RESULT.avoidable());
  }

  @Test
  void answersAreCountedByWhatCacheStatusSays() {
    AppAnswers answers =
        AppAnswers.NONE
            .and(Optional.of("Gyre; fwd=miss; detail=worker"))
            .and(Optional.of("Gyre; fwd=miss; detail=executor"))
            .and(Optional.empty());
    assertEquals(new AppAnswers(1, 1, 1), answers);
  }

  @Test
  void theTableHasARowForEachPageOfEachVisitor() {
    List<String> lines = DemoTable.lines(RESULT);
    assertEquals(4, lines.stream().filter(line -> line.matches("[12] +/.*")).count());
    assertTrue(
        lines.stream().anyMatch(line -> line.startsWith("offload: 0.372")), lines.toString());
  }

  @Test
  void readingsAreStillWhereTheyStayTheSameLongEnough() {
    Stillness<Integer> stillness = new Stillness<>(Duration.ofNanos(10));
    assertFalse(stillness.isStill(1, 0));
    assertFalse(stillness.isStill(1, 9));
    assertFalse(stillness.isStill(2, 10));
    assertTrue(stillness.isStill(2, 20));
  }
}
