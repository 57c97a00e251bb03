package gyre.load.replay;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What a replay counted: bytes by source, answers, failures, and latencies in microseconds from the
 * moment at which the log wanted the request, so that a stall is not omitted. Any thread.
 */
final class Tally {
  private static final long LONGEST_MICROS = 3_600_000_000L;

  private static final int REASONS_SHOWN = 5;

  final LongAdder playable = new LongAdder();
  final LongAdder skipped = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder ownBytes = new LongAdder();
  final LongAdder peerBytes = new LongAdder();
  final LongAdder originBytes = new LongAdder();
  final LongAdder failed = new LongAdder();
  final Histogram ownLatency = new ConcurrentHistogram(LONGEST_MICROS, 3);
  final Histogram peerLatency = new ConcurrentHistogram(LONGEST_MICROS, 3);
  final Histogram originLatency = new ConcurrentHistogram(LONGEST_MICROS, 3);
  private final Map<String, Demand> demands = new HashMap<>();

  /** How many visits wanted a resource, and how large it is. */
  private record Demand(int visits, long size) {}

  static void record(Histogram latency, long nanos) {
    latency.recordValue(Math.clamp(nanos / 1_000, 1, LONGEST_MICROS));
  }

  /** A request that got no answer; the first few say why on standard error. */
  void failed(Exception why) {
    failed.increment();
    if (failed.sum() <= REASONS_SHOWN) {
      System.err.println("gyre load replay: a request failed: " + why);
    }
  }

  /** A visit got this resource for the first time, from wherever. */
  synchronized void wanted(String resource, long size) {
    Demand before = demands.getOrDefault(resource, new Demand(0, 0));
    demands.put(resource, new Demand(before.visits() + 1, Math.max(before.size(), size)));
  }

  double offload() {
    long all = peerBytes.sum() + originBytes.sum();
    return all == 0 ? 0 : (double) peerBytes.sum() / all;
  }

  /**
   * Each of the N visits that wanted a resource but the first could have had it from another:
   * (N-1)/N, over all resources by their bytes.
   */
  synchronized double ceiling() {
    long all = 0;
    long avoidable = 0;
    for (Demand demand : demands.values()) {
      all += demand.visits() * demand.size();
      avoidable += (demand.visits() - 1) * demand.size();
    }
    return all == 0 ? 0 : (double) avoidable / all;
  }

  String report(int visits, double seconds) {
    return String.join(
        "\n",
        "visits %d, requests %d, not played %d, malformed lines %d, failed %d, in %.1f s"
            .formatted(
                visits, playable.sum(), skipped.sum(), malformed.sum(), failed.sum(), seconds),
        String.format(Locale.ROOT, "offload %.3f, where the ceiling is %.3f", offload(), ceiling()),
        "bytes: own store %d, peers %d, origin %d"
            .formatted(ownBytes.sum(), peerBytes.sum(), originBytes.sum()),
        "latency in ms      count      p50      p90      p99      max",
        line("own store", ownLatency),
        line("peers (located)", peerLatency),
        line("origin (whole)", originLatency));
  }

  private static String line(String name, Histogram latency) {
    return String.format(
        Locale.ROOT,
        "%-15s %8d %8.2f %8.2f %8.2f %8.2f",
        name,
        latency.getTotalCount(),
        latency.getValueAtPercentile(50) / 1e3,
        latency.getValueAtPercentile(90) / 1e3,
        latency.getValueAtPercentile(99) / 1e3,
        latency.getMaxValue() / 1e3);
  }
}
