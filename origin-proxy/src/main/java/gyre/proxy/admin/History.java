package gyre.proxy.admin;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the sources answered in each of the last steps, from counters that only rise. Not
 * thread-safe.
 */
final class History {
  private final int steps;
  private final Deque<Map<String, Tally>> deltas = new ArrayDeque<>();
  private Map<String, Tally> last;

  /** {@code start}: the counters when history begins. */
  History(int steps, Map<String, Tally> start) {
    this.steps = steps;
    this.last = Map.copyOf(start);
  }

  void sample(Map<String, Tally> counters) {
    Map<String, Tally> delta = new TreeMap<>();
    counters.forEach(
        (source, tally) -> delta.put(source, tally.minus(last.getOrDefault(source, Tally.NONE))));
    last = Map.copyOf(counters);
    deltas.addLast(delta);
    if (deltas.size() > steps) {
      deltas.removeFirst();
    }
  }

  /** Per source one value for each step, the oldest first. */
  SortedMap<String, Series> series() {
    Set<String> sources = new TreeSet<>();
    deltas.forEach(delta -> sources.addAll(delta.keySet()));
    SortedMap<String, Series> series = new TreeMap<>();
    for (String source : sources) {
      List<Tally> tallies =
          deltas.stream().map(delta -> delta.getOrDefault(source, Tally.NONE)).toList();
      series.put(
          source,
          new Series(
              tallies.stream().map(Tally::answers).toList(),
              tallies.stream().map(Tally::bytes).toList()));
    }
    return series;
  }

  record Series(List<Long> answers, List<Long> bytes) {
    Series {
      answers = List.copyOf(answers);
      bytes = List.copyOf(bytes);
    }
  }
}
