package gyre.load.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** One of several ways to the same answer, and what each of its rounds gave. One thread. */
final class Contestant {
  private record Round(LoadRun run, double cpuMicros, long byOthers) {}

  private final Way way;
  private final LoadGenerator generator;
  private final List<Round> rounds = new ArrayList<>();

  Contestant(Way way, LoadGenerator generator) {
    this.way = way;
    this.generator = generator;
  }

  String name() {
    return way.name();
  }

  /** Load whose figures do not count. */
  void warmUp(int connections, Duration duration) {
    generator.run(way.target(), connections, duration);
  }

  /** Blocks for {@code duration}. */
  void round(int connections, Duration duration) {
    double cpuBefore = way.cpuSeconds();
    long before = answered();
    LoadRun run = generator.run(way.target(), connections, duration);
    double cpuMicros = (way.cpuSeconds() - cpuBefore) * 1e6 / run.requests();
    // What it leaves unread at its end was answered, too, and is no request of its count.
    long byOthers = way.answered().isPresent() ? run.requests() - (answered() - before) : 0;
    rounds.add(new Round(run, cpuMicros, Math.max(0, byOthers)));
  }

  private long answered() {
    return way.answered().map(LongSupplier::getAsLong).orElse(0L);
  }

  double perSecond() {
    return median(round -> round.run().perSecond());
  }

  double p50Millis() {
    return median(round -> round.run().p50Millis());
  }

  double p99Millis() {
    return median(round -> round.run().p99Millis());
  }

  /** Microseconds of CPU for each answer. */
  double cpuMicros() {
    return median(Round::cpuMicros);
  }

  /** Answers that were no success, of all rounds. */
  long notOk() {
    return rounds.stream().mapToLong(round -> round.run().notOk()).sum();
  }

  /** Answers that somebody else gave in its place, of all rounds. */
  long byOthers() {
    return rounds.stream().mapToLong(Round::byOthers).sum();
  }

  private double median(Function<Round, Double> figure) {
    return Medians.of(rounds.stream().map(figure).toList());
  }
}
