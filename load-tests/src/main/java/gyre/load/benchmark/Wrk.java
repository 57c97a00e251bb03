package gyre.load.benchmark;

import gyre.operations.start.StartFailure;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** wrk: HTTP/1.1, one request at a time on each kept-alive connection. */
final class Wrk implements LoadGenerator {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
  private static final Pattern NOT_OK = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

  @Override
  public LoadRun run(URI target, int connections, Duration duration) {
    return parse(
        LoadGenerator.output(
            List.of(
                "wrk",
                "--latency",
                "-t1",
                "-c" + connections,
                "-d" + duration.toSeconds() + "s",
                target.toString()),
            duration,
            "wrk"));
  }

  static LoadRun parse(String output) {
    return new LoadRun(
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
