package gyre.load.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class VisitsTest {
  private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

  private final Visits visits = new Visits(Duration.ofMinutes(30), 3);

  @Test
  void requestsOfOneVisitorBelongToOneVisit() {
    assertEquals(new Visits.Step(1, true, List.of()), visits.next(entry("a", 0)));
    assertEquals(new Visits.Step(2, true, List.of()), visits.next(entry("b", 1)));
    assertEquals(new Visits.Step(1, false, List.of()), visits.next(entry("a", 2)));
    assertEquals(2, visits.begun());
  }

  @Test
  void silenceEndsAVisitAndTheNextRequestBeginsAnother() {
    visits.next(entry("a", 0));
    assertEquals(new Visits.Step(2, true, List.of(1)), visits.next(entry("a", 31)));
  }

  @Test
  void aRequestInTimeKeepsTheVisitOpen() {
    visits.next(entry("a", 0));
    visits.next(entry("a", 20));
    assertEquals(new Visits.Step(1, false, List.of()), visits.next(entry("a", 49)));
  }

  @Test
  void whereTooManyAreOpenTheOneThatWasSilentLongestEnds() {
    visits.next(entry("a", 0));
    visits.next(entry("b", 1));
    visits.next(entry("c", 2));
    visits.next(entry("a", 3));
    assertEquals(new Visits.Step(4, true, List.of(2)), visits.next(entry("d", 4)));
  }

  private static LogLine.Entry entry(String visitor, int minute) {
    return new LogLine.Entry(START.plus(Duration.ofMinutes(minute)), visitor, "GET", "/", 200, "-");
  }
}
