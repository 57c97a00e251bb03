package gyre.signalling.matching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RankingTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final Asker READER = new Asker(id(99), accuser(99), PeerKind.VISITOR);

  @Test
  void theSameSeedGivesTheSameOrder() {
    List<Candidate> candidates = IntStream.range(0, 10).mapToObj(RankingTest::visitor).toList();
    assertEquals(
        new Ranking(new SplittableRandom(5)).best(candidates, 10, NOW),
        new Ranking(new SplittableRandom(5)).best(candidates, 10, NOW));
  }

  @Test
  void whoServedMuchOfLateComesFirstMoreOften() {
    Candidate good = visitor(1);
    good.conduct().credit(100 << 20, NOW);
    assertTrue(firstPlaces(good, List.of(good, visitor(2))) > 650);
  }

  @Test
  void goodDeedsFade() {
    Candidate good = visitor(1);
    good.conduct().credit(1 << 20, NOW);
    double fresh = good.conduct().weight(NOW);
    assertTrue(good.conduct().weight(NOW.plus(Duration.ofMinutes(30))) < fresh);
  }

  @Test
  void whoWasNamedAMomentAgoComesFirstLessOften() {
    Candidate busy = visitor(1);
    for (int i = 0; i < 5; i++) {
      busy.conduct().named(0, NOW);
    }
    assertTrue(firstPlaces(busy, List.of(busy, visitor(2))) < 300);
    assertEquals(1, busy.conduct().weight(NOW.plus(Duration.ofMinutes(10))), 0.01);
  }

  @Test
  void whoIsOnTheSamePageComesFirstMoreOften() {
    Candidate near = new Candidate(id(1), PeerKind.VISITOR, true, true, new Conduct(NOW));
    assertTrue(firstPlaces(near, List.of(near, visitor(2))) > 700);
  }

  @Test
  void noProviderIsTheAskerSilentAWorkerOrAccused() {
    Candidate accused = visitor(3);
    accused.conduct().accuse(READER.accuser());
    List<Candidate> candidates =
        List.of(
            visitor(99),
            new Candidate(id(1), PeerKind.VISITOR, false, false, new Conduct(NOW)),
            new Candidate(id(2), PeerKind.WORKER, true, false, new Conduct(NOW)),
            new Candidate(id(4), PeerKind.PROXY, true, false, new Conduct(NOW)),
            accused);
    assertEquals(
        List.of(), new Ranking(new SplittableRandom(1)).providers(READER, candidates, 16, NOW));
  }

  @Test
  void threeDistinctAccusersCountOneThriceDoesNot() {
    Conduct conduct = new Conduct(NOW);
    for (int i = 0; i < 3; i++) {
      conduct.accuse(accuser(1));
    }
    assertTrue(conduct.isAcceptableTo(accuser(50)));
    conduct.accuse(accuser(2));
    conduct.accuse(accuser(3));
    assertFalse(conduct.isAcceptableTo(accuser(50)));
  }

  private static int firstPlaces(Candidate candidate, List<Candidate> all) {
    Ranking ranking = new Ranking(new SplittableRandom(7));
    return (int)
        IntStream.range(0, 1_000)
            .filter(i -> ranking.best(all, 1, NOW).getFirst().equals(candidate))
            .count();
  }

  private static Candidate visitor(int number) {
    return new Candidate(id(number), PeerKind.VISITOR, true, false, new Conduct(NOW));
  }

  private static Accuser accuser(int number) {
    return new Accuser(id(number), number);
  }

  @Test
  void manyAccusersOfOneAddressHaveOneVoiceAndEachIsSpared() {
    Conduct conduct = new Conduct(NOW);
    for (int i = 0; i < 50; i++) {
      conduct.accuse(new Accuser(id(i), 7));
    }
    conduct.accuse(new Accuser(id(50), 8));
    assertTrue(conduct.isAcceptableTo(accuser(99)));
    assertFalse(conduct.isAcceptableTo(accuser(49)));
  }

  private static PeerId id(int number) {
    return new PeerId("n-" + "%022d".formatted(number));
  }
}
