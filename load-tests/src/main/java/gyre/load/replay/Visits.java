package gyre.load.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rebuilds visits from a log in its own order: requests of one visitor belong together until it was
 * silent for a while. Pure state of one owner; holds at most {@code most} open visits, the one that
 * was silent longest ends first.
 */
final class Visits {
  private final Duration silence;
  private final int most;
  private final Map<String, Open> open = new LinkedHashMap<>(16, 0.75f, true);
  private int begun;

  Visits(Duration silence, int most) {
    this.silence = silence;
    this.most = most;
  }

  /** Visits are numbered from 1 in the order in which they begin. */
  record Step(int visit, boolean begins, List<Integer> ended) {
    Step {
      ended = List.copyOf(ended);
    }
  }

  private record Open(int visit, Instant last) {}

  Step next(LogLine.Entry entry) {
    List<Integer> ended = endedBefore(entry.time().minus(silence));
    Open before = open.get(entry.visitor());
    int visit = before == null ? ++begun : before.visit();
    open.put(entry.visitor(), new Open(visit, entry.time()));
    if (open.size() > most) {
      ended.add(removeEldest());
    }
    return new Step(visit, before == null, ended);
  }

  int begun() {
    return begun;
  }

  private List<Integer> endedBefore(Instant limit) {
    List<Integer> ended = new ArrayList<>();
    Iterator<Open> eldestFirst = open.values().iterator();
    while (eldestFirst.hasNext()) {
      Open visit = eldestFirst.next();
      if (!visit.last().isBefore(limit)) {
        break;
      }
      eldestFirst.remove();
      ended.add(visit.visit());
    }
    return ended;
  }

  private int removeEldest() {
    Iterator<Open> eldestFirst = open.values().iterator();
    int visit = eldestFirst.next().visit();
    eldestFirst.remove();
    return visit;
  }
}
