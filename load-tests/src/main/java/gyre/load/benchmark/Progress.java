package gyre.load.benchmark;

import java.time.Duration;

/** What a benchmark is doing, on standard error: standard output is the tables alone. */
final class Progress {
  private final long began = System.nanoTime();

  void say(String text) {
    long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
    System.err.printf("%4d s  %s%n", seconds, text);
  }
}
