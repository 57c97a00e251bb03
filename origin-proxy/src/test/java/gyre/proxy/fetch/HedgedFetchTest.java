package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

class HedgedFetchTest {
  private static final Duration HEDGE = Duration.ofMillis(80);
  private static final Duration DEADLINE = Duration.ofSeconds(1);
  private final ScriptedRace race = new ScriptedRace();

  @Test
  void aQuickFirstSourceWinsAlone() throws Exception {
    assertEquals("peer", run(good("peer", 30), good("upstream", 10)));
    assertEquals(List.of("0 peer", "30 end"), race.log);
  }

  @Test
  void theUpstreamStartsAt80AndThePeerStillWinsAt95() throws Exception {
    assertEquals("peer", run(good("peer", 95), good("upstream", 50)));
    assertEquals(List.of("0 peer", "80 upstream", "95 end"), race.log);
  }

  @Test
  void theUpstreamOvertakesASlowPeer() throws Exception {
    assertEquals("upstream", run(good("peer", 500), good("upstream", 20)));
    assertEquals(List.of("0 peer", "80 upstream", "100 end"), race.log);
  }

  @Test
  void aFailureStartsTheNextSourceAtOnce() throws Exception {
    assertEquals("upstream", run(bad("peer", 10), good("upstream", 20)));
    assertEquals(List.of("0 peer", "10 upstream", "30 end"), race.log);
  }

  @Test
  void aFailureAfterTheHedgeLeavesTheOtherRunning() throws Exception {
    assertEquals("upstream", run(bad("peer", 90), good("upstream", 100)));
    assertEquals(List.of("0 peer", "80 upstream", "180 end"), race.log);
  }

  @Test
  void whereAllFailEveryReasonIsTold() {
    IOException failure =
        assertThrows(IOException.class, () -> run(bad("peer", 10), bad("upstream", 20)));
    assertEquals("no peer; no upstream", failure.getMessage());
    assertEquals(List.of("0 peer", "10 upstream", "30 end"), race.log);
  }

  @Test
  void whereNobodyAnswersTheDeadlineEndsIt() {
    IOException failure =
        assertThrows(IOException.class, () -> run(good("peer", 9000), good("upstream", 9000)));
    assertEquals("no answer within 1000 ms", failure.getMessage());
    assertEquals(List.of("0 peer", "80 upstream", "1080 end"), race.log);
  }

  private String run(Scripted first, Scripted second) throws IOException, InterruptedException {
    return HedgedFetch.run(List.of(first, second), HEDGE, DEADLINE, race);
  }

  private static Scripted good(String name, long millis) {
    return new Scripted(name, millis, new HedgedFetch.Outcome.Good<>(name));
  }

  private static Scripted bad(String name, long millis) {
    return new Scripted(name, millis, new HedgedFetch.Outcome.Bad<>("no " + name));
  }

  private record Scripted(String name, long millis, HedgedFetch.Outcome<String> outcome)
      implements HedgedFetch.Attempt<String> {
    @Override
    public HedgedFetch.Outcome<String> run() {
      return outcome;
    }
  }

  /** Time passes only in {@link #await}. */
  private static final class ScriptedRace implements HedgedFetch.Race<String> {
    private record Arrival(long at, HedgedFetch.Outcome<String> outcome) {}

    final List<String> log = new ArrayList<>();
    private final PriorityQueue<Arrival> arrivals =
        new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
    private long now;

    @Override
    public void start(HedgedFetch.Attempt<String> attempt) {
      if (attempt instanceof Scripted scripted) {
        log.add(now + " " + scripted.name());
        arrivals.add(new Arrival(now + scripted.millis(), scripted.outcome()));
      }
    }

    @Override
    public Optional<HedgedFetch.Outcome<String>> await(Duration atMost) {
      long until = now + atMost.toMillis();
      Arrival next = arrivals.peek();
      if (next == null || next.at() > until) {
        now = until;
        return Optional.empty();
      }
      now = next.at();
      return Optional.of(arrivals.remove().outcome());
    }

    @Override
    public void end() {
      log.add(now + " end");
    }
  }
}
