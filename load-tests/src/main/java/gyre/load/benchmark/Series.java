package gyre.load.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Transfers of one size over one way, with the CPU seconds of both ends. One thread. */
final class Series {
  private final String way;
  private final List<Transfer> transfers = new ArrayList<>();
  private double cpuSeconds;

  Series(String way) {
    this.way = way;
  }

  void add(Transfer transfer, double cpuSecondsUsed) {
    transfers.add(transfer);
    cpuSeconds += cpuSecondsUsed;
  }

  double megabytesPerSecond() {
    return median(Transfer::megabytesPerSecond);
  }

  static String head(String title) {
    return "%-22s %10s %10s %10s %12s".formatted(title, "TTFB ms", "TTLB ms", "MB/s", "CPU s/MB");
  }

  /** The medians; the CPU is the mean, since the kernel counts it in steps of 10 ms. */
  String line() {
    double megabytes = transfers.stream().mapToLong(Transfer::bytes).sum() / 1e6;
    return String.format(
        Locale.ROOT,
        "%-22s %10.1f %10.1f %10.1f %12.4f",
        way,
        median(Transfer::firstMillis),
        median(Transfer::lastMillis),
        megabytesPerSecond(),
        cpuSeconds / megabytes);
  }

  private double median(Function<Transfer, Double> figure) {
    return Medians.of(transfers.stream().map(figure).toList());
  }
}
