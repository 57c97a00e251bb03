package gyre.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HistoryTest {
  @Test
  void eachStepHoldsWhatCameSinceTheLast() {
    History history = new History(10, Map.of("hit", new Tally(5, 500)));
    history.sample(Map.of("hit", new Tally(7, 900)));
    history.sample(Map.of("hit", new Tally(7, 900), "peer", new Tally(1, 10)));
    assertEquals(
        Map.of(
            "hit", new History.Series(List.of(2L, 0L), List.of(400L, 0L)),
            "peer", new History.Series(List.of(0L, 1L), List.of(0L, 10L))),
        history.series());
  }

  @Test
  void onlyTheLastStepsAreKept() {
    History history = new History(2, Map.of());
    for (long i = 1; i <= 5; i++) {
      history.sample(Map.of("hit", new Tally(i * i, 0)));
    }
    assertEquals(List.of(7L, 9L), history.series().get("hit").answers());
  }

  @Test
  void aCounterThatWasResetCountsAsNothing() {
    History history = new History(2, Map.of("hit", new Tally(9, 9)));
    history.sample(Map.of("hit", new Tally(1, 1)));
    assertEquals(List.of(0L), history.series().get("hit").answers());
  }
}
