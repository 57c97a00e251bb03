package gyre.proxy.coding;

import gyre.proxy.message.Headers;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a client takes (RFC 9110, 12.5.3), as weights in thousandths: zero refuses a coding. A
 * member that is malformed counts as absent. Without the field, or with an empty one, it is
 * identity alone: whoever can decode says so.
 */
public final class AcceptEncoding {
  private static final Coding[] CODINGS = Coding.values();
  private static final int ZSTD = 0;
  private static final int BR = 1;
  private static final int GZIP = 2;
  private static final int IDENTITY = 3;
  private static final int ANY = 4;
  private static final int UNSAID = -1;
  private static final AcceptEncoding NONE = new AcceptEncoding(List.of());

  private final int[] weights = new int[ANY + 1];

  private AcceptEncoding(List<String> lines) {
    Arrays.fill(weights, UNSAID);
    for (String line : lines) {
      for (int at = 0; at < line.length(); ) {
        int comma = line.indexOf(',', at);
        int end = comma < 0 ? line.length() : comma;
        member(line, at, end);
        at = end + 1;
      }
    }
  }

  public static AcceptEncoding of(Headers request) {
    List<String> lines = request.all("accept-encoding");
    return lines.isEmpty() ? NONE : new AcceptEncoding(lines);
  }

  private void member(String line, int from, int end) {
    int semicolon = line.indexOf(';', from);
    boolean isWeighted = semicolon >= 0 && semicolon < end;
    int slot = slot(line.substring(from, isWeighted ? semicolon : end).strip());
    int weight = isWeighted ? weight(line.substring(semicolon + 1, end).strip()) : 1000;
    if (slot != UNSAID && weight != UNSAID) {
      weights[slot] = weight;
    }
  }

  private static int slot(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "zstd" -> ZSTD;
      case "br" -> BR;
      case "gzip", "x-gzip" -> GZIP;
      case "identity" -> IDENTITY;
      case "*" -> ANY;
      default -> UNSAID;
    };
  }

  /** {@code q=} and 0 to 1 with at most three digits (RFC 9110, 12.4.2); unsaid where it is not. */
  private static int weight(String text) {
    int length = text.length();
    if (length < 3 || length > 7 || !text.regionMatches(true, 0, "q=", 0, 2)) {
      return UNSAID;
    }
    char whole = text.charAt(2);
    if ((whole != '0' && whole != '1') || (length > 3 && text.charAt(3) != '.')) {
      return UNSAID;
    }
    int weight = (whole - '0') * 1000;
    int unit = 100;
    for (int i = 4; i < length; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return UNSAID;
      }
      weight += (digit - '0') * unit;
      unit /= 10;
    }
    return weight > 1000 ? UNSAID : weight;
  }

  public boolean accepts(Coding coding) {
    return weight(coding) > 0;
  }

  private int weight(Coding coding) {
    int said =
        switch (coding) {
          case ZSTD -> weights[ZSTD];
          case BR -> weights[BR];
          case GZIP -> weights[GZIP];
        };
    return said == UNSAID ? Math.max(0, weights[ANY]) : said;
  }

  /** Identity is taken unless it is refused, by its name or by {@code *}. */
  public boolean acceptsIdentity() {
    return weights[IDENTITY] == UNSAID ? weights[ANY] != 0 : weights[IDENTITY] != 0;
  }

  /**
   * Of the codings that are known the one of the highest weight; empty where there is none, or
   * where identity has more.
   */
  Optional<Coding> best(Predicate<Coding> known) {
    int most = Math.max(0, weights[IDENTITY] - 1);
    Optional<Coding> best = Optional.empty();
    for (Coding coding : CODINGS) {
      if (weight(coding) > most && known.test(coding)) {
        most = weight(coding);
        best = Optional.of(coding);
      }
    }
    return best;
  }
}
