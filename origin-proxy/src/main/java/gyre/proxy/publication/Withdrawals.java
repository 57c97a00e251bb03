package gyre.proxy.publication;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * What was taken back of one site and waits for the generation that makes it known. Withdrawals
 * that wait together become one. Owned by {@link SitePublication}, whose lock guards it.
 */
final class Withdrawals {
  /** So many names at most: beyond that everything is taken back. */
  private static final int NAMED = 100_000;

  private final SequencedSet<String> resources = new LinkedHashSet<>();
  private boolean isEverything;

  /** These resources, or all where none is named. */
  void add(List<String> taken) {
    resources.addAll(taken);
    if (taken.isEmpty() || resources.size() > NAMED) {
      isEverything = true;
      resources.clear();
    }
  }

  boolean isEmpty() {
    return resources.isEmpty() && !isEverything;
  }

  /** Takes out what waits: names, or none where it is everything. */
  List<String> take() {
    List<String> taken = isEverything ? List.of() : List.copyOf(resources);
    resources.clear();
    isEverything = false;
    return taken;
  }
}
