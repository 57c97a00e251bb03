package gyre.load.demo;

import gyre.load.visitor.Traffic;
import java.util.List;
import java.util.function.Predicate;

/** What the visitors of one demo saw. */
record DemoResult(int visitors, List<PageVisit> visits, AppAnswers app) {
  DemoResult {
    visits = List.copyOf(visits);
  }

  /** Bytes from peers among all that came over a network. */
  double offload() {
    Traffic all = total(_ -> true);
    return all.fetched() == 0 ? 0 : (double) all.peers() / all.fetched();
  }

  /** The first of N visitors has nobody to ask. */
  double ceiling() {
    return (visitors - 1) / (double) visitors;
  }

  Traffic total(Predicate<PageVisit> which) {
    return visits.stream()
        .filter(which)
        .map(PageVisit::traffic)
        .reduce(Traffic.NONE, Traffic::plus);
  }

  /** Later pages of later visitors: what somebody else held already. */
  Traffic avoidable() {
    return total(visit -> visit.visitor() > 1 && !visit.isFirst());
  }
}
