package gyre.signalling.matching;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Orders candidates, best first: a weighted random order (Efraimidis and Spirakis, 2006), so that
 * good and idle peers come first more often and nobody comes first always. The randomness is
 * injected: a seed gives the same order again.
 */
public final class Ranking {
  private static final double NEAR = 4;

  private final RandomGenerator random;

  public Ranking(RandomGenerator random) {
    this.random = random;
  }

  /** The best providers of bytes for this asker: visitors; for proxies other proxies too. */
  public List<Candidate> providers(
      Asker asker, Collection<Candidate> candidates, int limit, Instant now) {
    return best(
        candidates.stream().filter(candidate -> mayProvide(asker, candidate)).toList(), limit, now);
  }

  /** Those with the least to do first; what they are is the caller's choice. */
  public List<Candidate> best(Collection<Candidate> candidates, int limit, Instant now) {
    record Drawn(Candidate candidate, double key) {}
    return candidates.stream()
        .map(candidate -> new Drawn(candidate, draw(candidate, now)))
        .sorted(Comparator.comparingDouble(Drawn::key))
        .limit(limit)
        .map(Drawn::candidate)
        .toList();
  }

  private double draw(Candidate candidate, Instant now) {
    double weight = candidate.conduct().weight(now) * (candidate.isNear() ? NEAR : 1);
    return -Math.log(1 - random.nextDouble()) / weight;
  }

  private static boolean mayProvide(Asker asker, Candidate candidate) {
    return candidate.serves()
        && !candidate.peer().equals(asker.peer())
        && candidate.conduct().isAcceptableTo(asker.accuser())
        && switch (candidate.kind()) {
          case VISITOR ->
              switch (asker.kind()) {
                case VISITOR, PROXY -> true;
                case WORKER -> false;
              };
          case PROXY ->
              switch (asker.kind()) {
                case PROXY -> true;
                case VISITOR, WORKER -> false;
              };
          case WORKER -> false;
        };
  }
}
