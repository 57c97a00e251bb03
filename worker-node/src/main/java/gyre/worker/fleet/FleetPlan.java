package gyre.worker.fleet;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the tabs that ought to run with those that do. A tab that died or fell silent is closed
 * and replaced; one that has done its share, or was told of other proxies than it may trust now, is
 * replaced first and closed once its replacement is registered and its own last request is answered
 * (without waiting for that where it trusts a proxy that nobody trusts any more). Of each job one
 * tab is replaced at a time.
 */
public final class FleetPlan {
  private FleetPlan() {}

  /** {@code wanted}: how many tabs of each job. */
  public static List<Action> actions(
      Map<Job, Integer> wanted,
      Collection<Tab> tabs,
      Openings openings,
      FleetLimits limits,
      Instant now) {
    List<Action> actions = new ArrayList<>();
    List<Tab> alive = new ArrayList<>();
    for (Tab tab : tabs) {
      Optional<String> end = endOf(tab, limits, now);
      end.ifPresentOrElse(
          reason -> actions.add(new Action.Close(tab.id(), reason)), () -> alive.add(tab));
    }
    for (Tab tab : alive) {
      if (!wanted.containsKey(tab.job())) {
        actions.add(new Action.Close(tab.id(), "its app is not wanted here any more"));
      } else if (!now.isBefore(tab.tokenExpires().minus(limits.renewBefore()))) {
        actions.add(new Action.Renew(tab.id()));
      }
    }
    wanted.forEach(
        (job, count) -> {
          List<Tab> own = alive.stream().filter(tab -> tab.job().equals(job)).toList();
          actions.addAll(balance(job, count, own, limits));
        });
    actions.removeIf(
        action -> action instanceof Action.Open open && !openings.mayOpen(open.job(), now));
    return List.copyOf(actions);
  }

  private static Optional<String> endOf(Tab tab, FleetLimits limits, Instant now) {
    if (tab.vitals().isGone()) {
      return Optional.of("its process ended");
    }
    return tab.heard().plus(limits.silence()).isBefore(now)
        ? Optional.of("it gave no sign of life for " + limits.silence().toSeconds() + " s")
        : Optional.empty();
  }

  private static List<Action> balance(Job job, int count, List<Tab> own, FleetLimits limits) {
    List<Action> actions = new ArrayList<>();
    List<Tab> fresh = own.stream().filter(tab -> !isSpent(tab, limits)).toList();
    List<Tab> spent = own.stream().filter(tab -> isSpent(tab, limits)).toList();
    int room = count + 1 - own.size(); // one more than are wanted while one is replaced
    for (int i = 0; i < Math.min(count - fresh.size(), room); i++) {
      actions.add(new Action.Open(job));
    }
    long ready = fresh.stream().filter(tab -> tab.vitals().isRegistered()).count();
    spent.stream()
        .filter(tab -> tab.vitals().inFlight() == 0 || tab.trust() == Tab.Trust.TRUSTS_OTHERS)
        .limit(Math.max(0, ready + spent.size() - count))
        .forEach(tab -> actions.add(new Action.Close(tab.id(), whyReplaced(tab))));
    fresh.stream()
        .sorted(Comparator.comparingInt(Tab::id))
        .skip(count)
        .forEach(tab -> actions.add(new Action.Close(tab.id(), "there are more than are wanted")));
    return actions;
  }

  private static String whyReplaced(Tab tab) {
    return tab.trust() == Tab.Trust.CURRENT
        ? "it has done its share"
        : "the proxies that it may trust have changed";
  }

  private static boolean isSpent(Tab tab, FleetLimits limits) {
    return tab.trust() != Tab.Trust.CURRENT
        || tab.vitals().served() >= limits.requests()
        || tab.vitals().memory() >= limits.memory();
  }
}
