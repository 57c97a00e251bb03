package gyre.operations.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes ("16KiB") and durations ("150ms") as gyre.yaml writes them. */
final class Units {
  private static final Pattern QUANTITY = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");
  private static final Map<String, Long> SIZES =
      Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Units() {}

  static long bytes(String text) {
    return quantity(text, SIZES, "a size such as 512, 16KiB, 64MiB or 2GiB");
  }

  static Duration duration(String text) {
    return Duration.ofMillis(quantity(text, MILLIS, "a duration such as 150ms, 10s, 5m, 1h or 1d"));
  }

  private static long quantity(String text, Map<String, Long> units, String expected) {
    Matcher matcher = QUANTITY.matcher(text.strip());
    Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
    if (unit == null) {
      throw new IllegalArgumentException("'" + text + "' is not " + expected);
    }
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
  }
}
