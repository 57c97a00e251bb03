package gyre.load.process;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One reading of a server's {@code /metrics} (the Prometheus text format). */
public record Metrics(List<Sample> samples) {
  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[^}]*\\})? (\\S+)");

  public Metrics {
    samples = List.copyOf(samples);
  }

  /** {@code labels} as the text has them, {@code {source="peer",site="x"}}, or empty. */
  public record Sample(String name, String labels, double value) {}

  static Metrics parse(String text) {
    return new Metrics(
        text.lines()
            .map(LINE::matcher)
            .filter(Matcher::matches)
            .map(
                line ->
                    new Sample(
                        line.group(1),
                        Optional.ofNullable(line.group(2)).orElse(""),
                        number(line.group(3))))
            .toList());
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** The sum of all samples of this name that carry every one of these {@code key="value"}. */
  public double sum(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> List.of(labels).stream().allMatch(sample.labels()::contains))
        .mapToDouble(Sample::value)
        .sum();
  }
}
