package gyre.load.benchmark;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of the load generator wrk, in closed loop over so many connections. */
record Wrk(long requests, double perSecond, double p50Millis, double p99Millis, long notOk) {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
  private static final Pattern NOT_OK = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  /** Blocks for {@code duration}; an IllegalStateException when interrupted. */
  static Wrk run(URI target, int connections, Duration duration) {
    List<String> command =
        List.of(
            "wrk",
            "--latency",
            "-t1",
            "-c" + connections,
            "-d" + duration.toSeconds() + "s",
            target.toString());
    try {
      return resultOf(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new StartFailure("cannot run wrk (" + e.getMessage() + "); apt-get install wrk", e);
    }
  }

  private static Wrk resultOf(Process wrk) throws IOException {
    try {
      // It prints less than a pipe holds: it never waits for us.
      wrk.waitFor();
      return parse(new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while wrk ran", e);
    } finally {
      wrk.destroy();
    }
  }

  static Wrk parse(String output) {
    return new Wrk(
        (long) number(REQUESTS, output),
        number(RATE, output),
        percentile(50, output),
        percentile(99, output),
        output.contains("Non-2xx") ? (long) number(NOT_OK, output) : 0);
  }

  private static double number(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new StartFailure("wrk said nothing of use: " + output.strip());
    }
    return Double.parseDouble(matcher.group(1));
  }

  private static double percentile(int percent, String output) {
    Matcher matcher =
        Pattern.compile("\\s" + percent + "%\\s+([0-9.]+)(us|ms|s|m)\\s").matcher(output);
    if (!matcher.find()) {
      return 0;
    }
    double value = Double.parseDouble(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> value / 1_000;
      case "ms" -> value;
      case "s" -> value * 1_000;
      default -> value * 60_000;
    };
  }
}
