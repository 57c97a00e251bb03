package gyre.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamChoiceTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  /**
   * What happens, step by step: {@code +N} N seconds pass; {@code p} a request is sent (its server
   * is the result); {@code rN} it ends at N; {@code aN} N answers it; {@code fN} N fails it; {@code
   * iN} N's health check fails; {@code wN} it succeeds.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          in turn                                 | 3 | p r0 p r1 p r2 p                     | 0 1 2 0
          the one with the fewest under way       | 3 | p p p r1 p r1 p                      | 0 1 2 1 1
          ties in turn                            | 2 | p p p p                              | 0 1 0 1
          two failures are none                   | 2 | f0 f0 p p                            | 0 1
          an answer between failures counts       | 2 | f0 f0 a0 f0 p p                      | 0 1
          three failures in a row take it out     | 2 | f0 f0 f0 p r1 p                      | 1 1
          after a second one request tries it     | 2 | f0 f0 f0 +1 p p p                    | 0 1 1
          and only one at a time                  | 2 | f0 f0 f0 +1 p p r1 p                 | 0 1 1
          a trial that ends untold frees the next | 2 | f0 f0 f0 +1 p r0 p                   | 0 1
          an answered trial brings it back        | 2 | f0 f0 f0 +1 p a0 r0 p r1 p           | 0 1 0
          a failed trial doubles the rest         | 2 | f0 f0 f0 +1 p f0 r0 +1 p r1 +1 p     | 0 1 0
          failures while it rests are old ones    | 2 | f0 f0 f0 f0 f0 f0 +1 p               | 0
          none in service: the one out the longest| 2 | f0 f0 f0 f1 f1 f1 p                  | 0
          none in service: by the last failure    | 2 | f1 f1 f1 f0 f0 f0 +0 p r1 f1 p       | 1 0
          the only one is tried all the same      | 1 | f0 f0 f0 p p                         | 0 0
          an ill one gets nothing                 | 2 | i0 p p +99 p                         | 1 1 1
          also where it answers                   | 2 | i0 a0 p p                            | 1 1
          until it is well                        | 2 | i0 w0 p p                            | 0 1
          a well one needs no trial               | 2 | f0 f0 f0 w0 p p p                    | 0 1 0
          all ill: the one out the longest        | 2 | i1 +1 i0 p p                         | 1 1
          """)
  void chooses(String what, int servers, String steps, String expected) {
    UpstreamChoice choice = new UpstreamChoice(servers);
    List<UpstreamChoice.Pick> open = new ArrayList<>();
    List<String> chosen = new ArrayList<>();
    Instant now = NOW;
    for (String step : steps.split(" ", -1)) {
      int number = step.length() > 1 ? Integer.parseInt(step.substring(1)) : 0;
      switch (step.charAt(0)) {
        case '+' -> now = now.plusSeconds(number);
        case 'p' -> {
          UpstreamChoice.Pick pick = choice.pick(now, Set.of()).orElseThrow();
          open.add(pick);
          chosen.add(Integer.toString(pick.server()));
        }
        case 'r' -> {
          UpstreamChoice.Pick ended =
              open.stream().filter(p -> p.server() == number).findFirst().orElseThrow();
          open.remove(ended);
          choice.released(ended);
        }
        case 'a' -> choice.answered(number);
        case 'f' -> {
          now = now.plusMillis(1);
          choice.failed(number, now);
        }
        case 'i' -> choice.checked(number, false, now);
        default -> choice.checked(number, true, now);
      }
    }
    assertEquals(expected, String.join(" ", chosen));
  }

  @Test
  void aRestGrowsToAMinuteAndNoFurther() {
    UpstreamChoice choice = new UpstreamChoice(2);
    Instant now = NOW;
    for (int i = 1; i < UpstreamChoice.FAILURES; i++) {
      choice.failed(0, now);
    }
    for (long seconds : new long[] {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
      choice.failed(0, now);
      Duration rest = Duration.ofSeconds(seconds);
      assertEquals(1, sent(choice, now.plus(rest).minusMillis(1)));
      now = now.plus(rest);
      UpstreamChoice.Pick trial = choice.pick(now, Set.of(1)).orElseThrow();
      assertTrue(trial.isTrial());
      choice.released(trial);
    }
  }

  private static int sent(UpstreamChoice choice, Instant now) {
    UpstreamChoice.Pick pick = choice.pick(now, Set.of()).orElseThrow();
    choice.released(pick);
    return pick.server();
  }

  @Test
  void whatWasTriedIsNotTriedAgain() {
    UpstreamChoice choice = new UpstreamChoice(2);
    assertEquals(1, choice.pick(NOW, Set.of(0)).orElseThrow().server());
    choice.checked(1, false, NOW);
    assertEquals(1, choice.pick(NOW, Set.of(0)).orElseThrow().server());
    assertEquals(Optional.empty(), choice.pick(NOW, Set.of(0, 1)));
  }

  @Test
  void whateverHappensEveryRequestIsCountedOnceAndSomebodyIsAsked() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    UpstreamChoice choice = new UpstreamChoice(3);
    List<UpstreamChoice.Pick> open = new ArrayList<>();
    Instant now = NOW;
    for (int i = 0; i < 20_000; i++) {
      now = now.plusMillis(random.nextInt(500));
      int server = random.nextInt(3);
      switch (random.nextInt(6)) {
        case 0, 1 -> open.add(choice.pick(now, Set.of()).orElseThrow());
        case 2 -> choice.failed(server, now);
        case 3 -> choice.answered(server);
        case 4 -> choice.checked(server, random.nextInt(4) > 0, now);
        default -> {
          if (!open.isEmpty()) {
            choice.released(open.remove(random.nextInt(open.size())));
          }
        }
      }
      for (int s = 0; s < 3; s++) {
        int index = s;
        long counted = open.stream().filter(p -> p.server() == index).count();
        assertEquals(counted, choice.underWay(s), () -> "seed " + seed);
      }
    }
    choice.checked(0, true, now);
    assertTrue(choice.isInService(0), () -> "seed " + seed);
    choice.checked(0, false, now);
    assertFalse(choice.isInService(0), () -> "seed " + seed);
  }
}
