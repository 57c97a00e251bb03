package gyre.load.benchmark;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** h2load: HTTP/2 over TLS, {@link #STREAMS} requests at a time on each connection. */
final class H2load implements LoadGenerator {
  static final int STREAMS = 10;

  private static final Pattern RATE = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s");
  private static final Pattern REQUESTS = Pattern.compile("requests: .*?(\\d+) succeeded");
  private static final Pattern CODES = Pattern.compile("status codes: .*?(\\d+) 4xx, (\\d+) 5xx");

  private final Path folder;

  /** {@code folder}: for its log of single requests, from which the percentiles come. */
  H2load(Path folder) {
    this.folder = folder;
  }

  @Override
  public LoadRun run(URI target, int connections, Duration duration) {
    Path log = folder.resolve("h2load.log");
    try {
      Files.deleteIfExists(log);
      String output =
          LoadGenerator.output(
              List.of(
                  "h2load",
                  "-t1",
                  "-c" + connections,
                  "-m" + STREAMS,
                  "-D" + duration.toSeconds(),
                  "--npn-list=h2",
                  "--log-file=" + log,
                  target.toString()),
              duration,
              "nghttp2-client");
      return parse(output, micros(log));
    } catch (IOException e) {
      throw new UncheckedIOException("h2load left no log of its requests", e);
    }
  }

  /** {@code micros}: how long each request took, ascending. */
  static LoadRun parse(String output, long[] micros) {
    return new LoadRun(
        sum(REQUESTS, output),
        Double.parseDouble(match(RATE, output).group(1)),
        percentile(micros, 0.50),
        percentile(micros, 0.99),
        sum(CODES, output));
  }

  /** Each line: when it began, its status, how many microseconds it took. */
  private static long[] micros(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .flatMapToLong(line -> LongStream.of(Long.parseLong(line.split("\t", -1)[2])))
          .sorted()
          .toArray();
    }
  }

  private static double percentile(long[] micros, double share) {
    return micros.length == 0 ? 0 : micros[(int) (share * (micros.length - 1))] / 1_000.0;
  }

  private static long sum(Pattern pattern, String output) {
    Matcher found = match(pattern, output);
    return LongStream.rangeClosed(1, found.groupCount())
        .map(group -> Long.parseLong(found.group((int) group)))
        .sum();
  }

  private static Matcher match(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new StartFailure("h2load said nothing of use: " + output.strip());
    }
    return matcher;
  }
}
