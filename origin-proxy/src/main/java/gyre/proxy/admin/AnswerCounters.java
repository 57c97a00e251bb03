package gyre.proxy.admin;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The proxy's counters of answers by source, summed over whatever other tags they carry. */
record AnswerCounters(MeterRegistry registry) {
  static final String ANSWERS = "gyre.proxy.answers";
  static final String BYTES = "gyre.proxy.answer.bytes";
  private static final String SOURCE = "source";

  SortedMap<String, Tally> read() {
    SortedMap<String, Tally> tallies = new TreeMap<>();
    counters(ANSWERS).forEach(counter -> add(tallies, counter, new Tally(value(counter), 0)));
    counters(BYTES).forEach(counter -> add(tallies, counter, new Tally(0, value(counter))));
    return tallies;
  }

  private Stream<Counter> counters(String name) {
    return registry.find(name).counters().stream();
  }

  private static long value(Counter counter) {
    return (long) counter.count();
  }

  private static void add(SortedMap<String, Tally> tallies, Counter counter, Tally more) {
    String source = Optional.ofNullable(counter.getId().getTag(SOURCE)).orElse("other");
    tallies.merge(
        source, more, (a, b) -> new Tally(a.answers() + b.answers(), a.bytes() + b.bytes()));
  }
}
