package gyre.load.demo;

import gyre.load.visitor.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's result as text. Pure. */
final class DemoTable {
  private static final String ROW = "%-9s %-18s %12s %12s %12s";

  private DemoTable() {}

  static List<String> lines(DemoResult result) {
    List<String> lines = new ArrayList<>();
    lines.add(ROW.formatted("visitor", "page", "own store", "peers", "origin"));
    for (PageVisit visit : result.visits()) {
      String page = visit.page() + (visit.isFirst() ? " (first)" : "");
      lines.add(row(Integer.toString(visit.visitor()), page, visit.traffic()));
    }
    lines.add(row("all", "first pages", result.total(PageVisit::isFirst)));
    lines.add(row("all", "later pages", result.total(visit -> !visit.isFirst())));
    lines.add(row("2 to " + result.visitors(), "later pages", result.avoidable()));
    lines.add("");
    lines.add(
        "app requests: %d by workers, %d by the origin's executor, %d by neither"
            .formatted(result.app().workers(), result.app().executor(), result.app().other()));
    lines.add(
        String.format(
            Locale.ROOT,
            "offload: %.3f, where the ceiling for %d visitors is %.3f",
            result.offload(),
            result.visitors(),
            result.ceiling()));
    return lines;
  }

  private static String row(String visitor, String page, Traffic traffic) {
    return ROW.formatted(
        visitor, page, size(traffic.ownStore()), size(traffic.peers()), size(traffic.origin()));
  }

  static String size(long bytes) {
    if (bytes == 0) {
      return "-";
    }
    return bytes < 100_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }
}
