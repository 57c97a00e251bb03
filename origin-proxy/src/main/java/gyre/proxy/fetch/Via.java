package gyre.proxy.fetch;

import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.wire.HeaderField;
import java.util.EnumMap;
import java.util.Map;

/**
 * The name under which this proxy stands in Via (RFC 9110, 7.6.3): its own, so that a request that
 * comes back is recognized, and another Gyre before or behind it is not mistaken for it. Pure.
 */
public final class Via {
  private final String pseudonym;
  private final Map<HttpVersion, HeaderField> members = new EnumMap<>(HttpVersion.class);

  public Via(String pseudonym) {
    this.pseudonym = pseudonym;
    for (HttpVersion version : HttpVersion.values()) {
      members.put(version, new HeaderField("via", version.text() + " " + pseudonym));
    }
  }

  /**
   * The headers of a message that came in this version, with this proxy after those that passed it
   * on before.
   */
  Headers on(HttpVersion version, Headers headers) {
    return headers.and(member(version));
  }

  HeaderField member(HttpVersion version) {
    return members.get(version);
  }

  /** Whether this proxy has passed the message on already. */
  boolean isIn(Headers headers) {
    if (!headers.contains("via")) {
      return false;
    }
    for (String value : headers.all("via")) {
      for (String member : value.split(",", -1)) {
        String[] parts = member.strip().split("\\s+", 3);
        if (parts.length > 1 && parts[1].equals(pseudonym)) {
          return true;
        }
      }
    }
    return false;
  }
}
