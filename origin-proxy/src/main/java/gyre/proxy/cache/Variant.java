package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The values of the request headers that Vary names (RFC 9111, 4.1). Accept-Encoding is not among
 * them: the proxy asks the upstream for the identity representation on everybody's behalf.
 */
public record Variant(Map<String, String> selecting) {
  private static final int FIELD = 128;

  public Variant {
    selecting = Map.copyOf(selecting);
  }

  /** The header names of Vary. */
  public record Names(Set<String> names) {
    public Names {
      names = Set.copyOf(names);
    }

    public boolean isAny() {
      return names.contains("*");
    }

    public boolean contains(String name) {
      return names.contains(name);
    }

    /** Whether the response is the same whatever the request's headers but Accept-Encoding. */
    public boolean isNone() {
      return names.isEmpty() || names.equals(Set.of("accept-encoding"));
    }
  }

  public static Names names(Headers response) {
    Set<String> names = new TreeSet<>();
    for (String line : response.all("vary")) {
      for (String name : line.split(",", -1)) {
        if (!name.isBlank()) {
          names.add(name.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return new Names(names);
  }

  static Variant of(Headers request, Headers response) {
    Map<String, String> values = new TreeMap<>();
    for (String name : names(response).names()) {
      if (!name.equals("accept-encoding")) {
        values.put(name, value(request, name));
      }
    }
    return new Variant(values);
  }

  /** Whether a response to one request also answers another one. */
  public static boolean sameFor(Headers response, Headers request, Headers other) {
    return of(request, response).matches(other);
  }

  /** About how many bytes of memory it takes. */
  long weight() {
    return selecting.entrySet().stream()
        .mapToLong(entry -> FIELD + entry.getKey().length() + entry.getValue().length())
        .sum();
  }

  boolean matches(Headers request) {
    return selecting.entrySet().stream()
        .allMatch(entry -> entry.getValue().equals(value(request, entry.getKey())));
  }

  private static String value(Headers request, String name) {
    String text =
        request.joined(name).map(all -> all.strip().replaceAll("\\s*,\\s*", ",")).orElse("");
    return name.equals("accept-language") ? text.toLowerCase(Locale.ROOT) : text;
  }
}
