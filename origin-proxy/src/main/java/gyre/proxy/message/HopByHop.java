package gyre.proxy.message;

import gyre.wire.HeaderField;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields that concern one connection only and are never passed on (RFC 9110, 7.6.1), and
 * Alt-Svc: where else the upstream can be reached is not where its visitors should go (RFC 7838).
 */
public final class HopByHop {
  private static final Set<String> ALWAYS =
      Set.of(
          "alt-svc",
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private HopByHop() {}

  /** The headers without connection fields, and without those that Connection names. */
  public static Headers strip(Headers headers) {
    return headers.without(of(headers));
  }

  /** Which of these headers are such fields. */
  public static Predicate<HeaderField> of(Headers headers) {
    Set<String> names = ALWAYS;
    for (String value : headers.all("connection")) {
      if (!value.equalsIgnoreCase("keep-alive") && !value.equalsIgnoreCase("close")) {
        names = new HashSet<>(names);
        addNames(value, names);
      }
    }
    Set<String> named = names;
    return field -> named.contains(field.name());
  }

  private static void addNames(String value, Set<String> names) {
    for (String name : value.split(",", -1)) {
      names.add(name.strip().toLowerCase(Locale.ROOT));
    }
  }
}
