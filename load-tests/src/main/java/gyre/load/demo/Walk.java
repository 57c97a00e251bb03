package gyre.load.demo;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.RunningGyre;
import gyre.load.visitor.Traffic;
import gyre.load.visitor.Visitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Visitors who come one after the other, walk through the same pages and stay: the browsers are
 * open until this is closed. Used by one thread.
 */
final class Walk implements AutoCloseable {
  static final List<String> PAGES = List.of("/", "/mountains.html", "/skies.html");
  private static final List<String> QUESTIONS = List.of("river", "granite", "dusk", "nebula");
  private static final Duration SETTLED = Duration.ofSeconds(10);
  private static final Duration STILL = Duration.ofSeconds(1);

  private final RunningGyre gyre;
  private final Consumer<String> progress;
  private final List<Visitor> visitors = new ArrayList<>();
  private final List<PageVisit> visits = new ArrayList<>();
  private AppAnswers app = AppAnswers.NONE;

  Walk(RunningGyre gyre, Consumer<String> progress) {
    this.gyre = gyre;
    this.progress = progress;
  }

  /** Lets the next visitor come and walk through every page. */
  void nextVisitor() {
    int number = visitors.size() + 1;
    Visitor visitor = Visitor.arriveAt(gyre.address());
    visitors.add(visitor);
    for (int i = 0; i < PAGES.size(); i++) {
      String page = PAGES.get(i);
      if (i == 0) {
        visitor.open(page);
      } else {
        visitor.follow(page);
      }
      settle(visitor);
      Traffic traffic = visitor.traffic();
      visits.add(new PageVisit(number, i + 1, page, traffic));
      progress.accept(
          "visitor %d, %s: %s from its store, %s from peers, %s from the origin"
              .formatted(
                  number,
                  page,
                  DemoTable.size(traffic.ownStore()),
                  DemoTable.size(traffic.peers()),
                  DemoTable.size(traffic.origin())));
    }
    ask(visitor);
  }

  private void ask(Visitor visitor) {
    for (String question : QUESTIONS) {
      app = app.and(visitor.header("/api/search?q=" + question, "cache-status"));
    }
  }

  DemoResult result() {
    return new DemoResult(visitors.size(), visits, app);
  }

  /**
   * A visitor looks at a page until the service worker is in charge, and for a second neither bytes
   * nor what visitors announce grow.
   */
  private void settle(Visitor visitor) {
    Await.poll(SETTLED, () -> visitor.isControlled() ? Optional.of(true) : Optional.empty());
    Stillness<Reading> stillness = new Stillness<>(STILL);
    Await.poll(
        SETTLED,
        () -> {
          Reading now = new Reading(visitor.traffic(), Census.of(gyre).visitorHoldings());
          boolean isStill = stillness.isStill(now, System.nanoTime());
          return isStill && !now.traffic().equals(Traffic.NONE)
              ? Optional.of(true)
              : Optional.empty();
        });
  }

  private record Reading(Traffic traffic, int holdings) {}

  @Override
  public void close() {
    visitors.forEach(Visitor::close);
  }
}
