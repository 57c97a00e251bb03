package gyre.proxy.fetch;

import gyre.proxy.message.Headers;
import gyre.proxy.route.Route;
import gyre.wire.HeaderField;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** This cache's member of Cache-Status (RFC 9211), after those of caches nearer to the origin. */
final class CacheStatus {
  static final HeaderField HIT = member("hit");
  static final HeaderField DISK_HIT = member("hit; detail=disk");
  static final HeaderField STALE_HIT = member("hit; detail=stale");

  private static final Map<Route.Why, HeaderField> PASSED = new EnumMap<>(Route.Why.class);

  static {
    for (Route.Why why : Route.Why.values()) {
      PASSED.put(why, member("fwd=" + why.name().toLowerCase(Locale.ROOT) + "; detail=upstream"));
    }
  }

  private CacheStatus() {}

  private static HeaderField member(String parameters) {
    return new HeaderField("cache-status", "Gyre; " + parameters);
  }

  static HeaderField miss(Source source) {
    return member("fwd=miss; detail=" + source.label());
  }

  static HeaderField stale(Source source) {
    return member("fwd=stale; detail=" + source.label());
  }

  static HeaderField collapsed(Source source) {
    return member("fwd=miss; collapsed; detail=" + source.label());
  }

  static HeaderField passed(Route.Why why) {
    return PASSED.get(why);
  }

  static Headers on(Headers headers, HeaderField member) {
    return headers.and(member);
  }
}
