package gyre.worker.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.worker.fleet.Action.Close;
import gyre.worker.fleet.Action.Open;
import gyre.worker.fleet.Action.Renew;
import gyre.worker.fleet.Tab.Trust;
import gyre.worker.fleet.Tab.Vitals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FleetPlanTest {
  private static final Instant NOW = Instant.parse("2026-11-21T06:00:00Z");
  private static final FleetLimits LIMITS =
      new FleetLimits(
          Duration.ofSeconds(15),
          Duration.ofMinutes(4),
          1_000,
          1L << 20,
          Duration.ofMillis(500),
          Duration.ofMinutes(1));
  private static final Job SEARCH = job("search", 1);
  private static final Job OTHER = job("other", 2);

  @Test
  void whatIsWantedAndNotThereIsOpened() {
    assertEquals(
        List.of(new Open(SEARCH), new Open(SEARCH)), actions(Map.of(SEARCH, 2), List.of()));
  }

  @Test
  void whatRunsAsWantedIsLeftAlone() {
    assertEquals(List.of(), actions(Map.of(SEARCH, 1), List.of(tab(1, SEARCH))));
  }

  @Test
  void aTabWhoseProcessEndedIsClosedAndReplaced() {
    assertEquals(
        List.of(new Close(1, "its process ended"), new Open(SEARCH)),
        actions(Map.of(SEARCH, 1), List.of(tab(1, SEARCH).gone())));
  }

  @Test
  void aSilentTabIsClosedAndReplaced() {
    Tab silent = tab(1, SEARCH).seen(working(0, 0, 0), NOW.minusSeconds(16));
    assertEquals(
        List.of(new Close(1, "it gave no sign of life for 15 s"), new Open(SEARCH)),
        actions(Map.of(SEARCH, 1), List.of(silent)));
    Tab late = tab(1, SEARCH).seen(working(0, 0, 0), NOW.minusSeconds(15));
    assertEquals(List.of(), actions(Map.of(SEARCH, 1), List.of(late)));
  }

  @Test
  void aTabOfAnAppThatIsNotWantedIsClosed() {
    assertEquals(
        List.of(new Close(1, "its app is not wanted here any more")),
        actions(Map.of(SEARCH, 1), List.of(tab(1, OTHER), tab(2, SEARCH))));
  }

  @Test
  void theYoungestSurplusTabIsClosed() {
    assertEquals(
        List.of(new Close(7, "there are more than are wanted")),
        actions(Map.of(SEARCH, 1), List.of(tab(7, SEARCH), tab(3, SEARCH))));
  }

  @Test
  void aTokenIsRenewedBeforeItEnds() {
    Tab soon = tab(1, SEARCH).renewed(NOW.plus(Duration.ofMinutes(4)));
    assertEquals(List.of(new Renew(1)), actions(Map.of(SEARCH, 1), List.of(soon)));
    Tab later = tab(1, SEARCH).renewed(NOW.plus(Duration.ofMinutes(4)).plusMillis(1));
    assertEquals(List.of(), actions(Map.of(SEARCH, 1), List.of(later)));
  }

  @Test
  void aTabThatHasDoneItsShareIsReplacedFirstAndClosedWhenIdle() {
    Tab spent = tab(1, SEARCH).seen(working(1_000, 0, 0), NOW);
    assertEquals(List.of(new Open(SEARCH)), actions(Map.of(SEARCH, 1), List.of(spent)));

    Tab unregistered = tab(2, SEARCH).seen(Vitals.NEW, NOW);
    assertEquals(List.of(), actions(Map.of(SEARCH, 1), List.of(spent, unregistered)));

    Tab busy = tab(1, SEARCH).seen(working(1_000, 0, 3), NOW);
    assertEquals(List.of(), actions(Map.of(SEARCH, 1), List.of(busy, tab(2, SEARCH))));

    assertEquals(
        List.of(new Close(1, "it has done its share")),
        actions(Map.of(SEARCH, 1), List.of(spent, tab(2, SEARCH))));
  }

  @Test
  void tabsThatLackANewProxyAreReplacedOneByOneAndServeMeanwhile() {
    Tab one = tab(1, SEARCH).trusting(Trust.LACKS_SOME);
    Tab two = tab(2, SEARCH).trusting(Trust.LACKS_SOME);
    Tab starting = tab(3, SEARCH).seen(Vitals.NEW, NOW);
    Close first = new Close(1, "the proxies that it may trust have changed");
    assertEquals(List.of(new Open(SEARCH)), actions(Map.of(SEARCH, 2), List.of(one, two)));
    assertEquals(List.of(), actions(Map.of(SEARCH, 2), List.of(one, two, starting)));
    assertEquals(List.of(first), actions(Map.of(SEARCH, 2), List.of(one, two, tab(3, SEARCH))));
    assertEquals(
        List.of(new Open(SEARCH)), actions(Map.of(SEARCH, 2), List.of(two, tab(3, SEARCH))));
  }

  @Test
  void aTabThatTrustsAProxyTooManyIsNotWaitedFor() {
    Tab busy = tab(1, SEARCH).seen(working(0, 0, 3), NOW);
    Tab beside = tab(2, SEARCH);
    Close close = new Close(1, "the proxies that it may trust have changed");
    assertEquals(
        List.of(), actions(Map.of(SEARCH, 1), List.of(busy.trusting(Trust.LACKS_SOME), beside)));
    assertEquals(
        List.of(close),
        actions(Map.of(SEARCH, 1), List.of(busy.trusting(Trust.TRUSTS_OTHERS), beside)));
  }

  @Test
  void aTabThatOutgrewItsMemoryIsReplaced() {
    Tab grown = tab(1, SEARCH).seen(working(0, 1L << 20, 0), NOW);
    assertEquals(List.of(new Open(SEARCH)), actions(Map.of(SEARCH, 1), List.of(grown)));
  }

  @Test
  void aJobWhoseTabsFailToOpenWaitsLongerEachTime() {
    Openings openings = Openings.NONE.failed(SEARCH, LIMITS, NOW);
    assertTrue(actions(Map.of(SEARCH, 1), openings, NOW.plusMillis(499)).isEmpty());
    assertEquals(
        List.of(new Open(SEARCH)), actions(Map.of(SEARCH, 1), openings, NOW.plusMillis(500)));

    Openings again = openings.failed(SEARCH, LIMITS, NOW);
    assertTrue(actions(Map.of(SEARCH, 1), again, NOW.plusMillis(999)).isEmpty());
    assertEquals(List.of(new Open(OTHER)), actions(Map.of(OTHER, 1), again, NOW.plusMillis(500)));
    assertEquals(List.of(new Open(SEARCH)), actions(Map.of(SEARCH, 1), again.worked(SEARCH), NOW));
  }

  @Test
  void thePauseOfAJobNeverExceedsItsLongest() {
    Openings openings = Openings.NONE;
    for (int i = 0; i < 100; i++) {
      openings = openings.failed(SEARCH, LIMITS, NOW);
    }
    assertEquals(
        List.of(new Open(SEARCH)),
        actions(Map.of(SEARCH, 1), openings, NOW.plus(Duration.ofMinutes(1))));
  }

  private static List<Action> actions(Map<Job, Integer> wanted, List<Tab> tabs) {
    return FleetPlan.actions(wanted, tabs, Openings.NONE, LIMITS, NOW);
  }

  private static List<Action> actions(Map<Job, Integer> wanted, Openings openings, Instant now) {
    return FleetPlan.actions(wanted, List.of(), openings, LIMITS, now);
  }

  private static Tab tab(int id, Job job) {
    return new Tab(id, job, NOW, NOW.plus(Duration.ofMinutes(10)), working(0, 0, 0), Trust.CURRENT);
  }

  private static Vitals working(long served, long memory, int inFlight) {
    return new Vitals(true, false, inFlight, served, memory);
  }

  private static Job job(String name, int code) {
    byte[] digest = new byte[Digest.LENGTH];
    digest[0] = (byte) code;
    return new Job("demo", new AppId(name, new Digest(Bytes.owning(digest))));
  }
}
