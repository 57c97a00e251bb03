package gyre.load.benchmark;

import gyre.operations.start.StartFailure;
import java.util.List;

/** What the benchmarks' options demand alike. */
final class Options {
  private Options() {}

  /** A {@link StartFailure} where the value is below 1. */
  static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new StartFailure(option + " is at least 1, not " + value);
    }
  }

  /** A {@link StartFailure} that names what there is, where a name is not among it. */
  static void known(String option, List<String> names, List<String> known) {
    for (String name : names) {
      if (!known.contains(name)) {
        throw new StartFailure(
            "%s: there is no %s; there are %s".formatted(option, name, String.join(", ", known)));
      }
    }
  }
}
