package gyre.proxy.message;

import gyre.wire.HeaderField;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

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
    List<String> connection = headers.all("connection");
    if (connection.isEmpty()) {
      return headers.without((HeaderField field) -> ALWAYS.contains(field.name()));
    }
    Set<String> named = new HashSet<>(ALWAYS);
    for (String value : connection) {
      for (String name : value.split(",", -1)) {
        named.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return headers.without((HeaderField field) -> named.contains(field.name()));
  }
}
