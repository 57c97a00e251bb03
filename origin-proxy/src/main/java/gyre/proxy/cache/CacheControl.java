package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The directives of Cache-Control (RFC 9111, 5.2): of a directive that stands twice, the first one
 * counts; an argument may be quoted.
 */
public record CacheControl(Map<String, String> directives) {
  private static final CacheControl NONE = new CacheControl(Map.of());
  private static final Duration LONGEST = Duration.ofSeconds(Integer.MAX_VALUE);

  public CacheControl {
    directives = Map.copyOf(directives);
  }

  public static CacheControl of(Headers headers) {
    List<String> lines = headers.all("cache-control");
    if (lines.isEmpty()) {
      return NONE;
    }
    Map<String, String> directives = new HashMap<>();
    for (String line : lines) {
      parse(line, directives);
    }
    return new CacheControl(directives);
  }

  private static void parse(String line, Map<String, String> directives) {
    int at = 0;
    while (at < line.length()) {
      int end = endOfMember(line, at);
      String member = line.substring(at, end).strip();
      int equals = member.indexOf('=');
      String name = (equals < 0 ? member : member.substring(0, equals)).strip();
      String argument = equals < 0 ? "" : unquoted(member.substring(equals + 1).strip());
      if (!name.isEmpty()) {
        directives.putIfAbsent(name.toLowerCase(Locale.ROOT), argument);
      }
      at = end + 1;
    }
  }

  private static int endOfMember(String line, int from) {
    boolean quoted = false;
    for (int i = from; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        return i;
      }
    }
    return quoted ? endOfUnclosed(line, from) : line.length();
  }

  /** A quote that nobody closes hides no directive behind it. */
  private static int endOfUnclosed(String line, int from) {
    int comma = line.indexOf(',', from);
    return comma < 0 ? line.length() : comma;
  }

  private static String unquoted(String argument) {
    boolean quoted = argument.length() >= 2 && argument.startsWith("\"") && argument.endsWith("\"");
    return quoted ? argument.substring(1, argument.length() - 1) : argument;
  }

  public boolean has(String directive) {
    return directives.containsKey(directive);
  }

  /**
   * The delta-seconds of a directive (RFC 9111, 1.2.2). Zero where the argument is none: invalid
   * freshness is no freshness (4.2.1).
   */
  public Optional<Duration> seconds(String directive) {
    return Optional.ofNullable(directives.get(directive)).map(CacheControl::duration);
  }

  private static Duration duration(String argument) {
    if (argument.isEmpty() || !argument.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Duration.ZERO;
    }
    return argument.length() > 9 ? LONGEST : Duration.ofSeconds(Long.parseLong(argument));
  }
}
