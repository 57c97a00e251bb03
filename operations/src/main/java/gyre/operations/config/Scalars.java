package gyre.operations.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Single values of gyre.yaml; each complaint is an IllegalArgumentException that quotes the text.
 */
final class Scalars {
  private Scalars() {}

  static String matching(Pattern pattern, String text, String expected) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not " + expected);
    }
    return text;
  }

  static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  static int count(String text) {
    int count = Integer.parseInt(text);
    if (count < 1) {
      throw new IllegalArgumentException(text + " is less than 1");
    }
    return count;
  }

  static int port(String text) {
    int port = Integer.parseInt(text);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(text + " is no port");
    }
    return port;
  }

  static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  static <E extends Enum<E>> E choice(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (written(constant).equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is none of " + String.join(", ", names(type)));
  }

  /** As gyre.yaml writes it. */
  private static String written(Enum<?> constant) {
    return constant.name().replace('_', '-').toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> List<String> names(Class<E> type) {
    return List.of(type.getEnumConstants()).stream().map(Scalars::written).toList();
  }
}
