package gyre.load.benchmark;

import gyre.operations.start.StartFailure;

/** What the benchmarks' options demand alike. */
final class Options {
  private Options() {}

  /** A {@link StartFailure} where the value is below 1. */
  static void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new StartFailure(option + " is at least 1, not " + value);
    }
  }
}
