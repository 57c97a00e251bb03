package gyre.proxy.fetch;

import gyre.proxy.message.Headers;
import gyre.proxy.route.Route;
import java.util.Locale;

/** This cache's member of Cache-Status (RFC 9211), after those of caches nearer to the origin. */
final class CacheStatus {
  static final String HIT = "Gyre; hit";
  static final String DISK_HIT = "Gyre; hit; detail=disk";
  static final String STALE_HIT = "Gyre; hit; detail=stale";

  private CacheStatus() {}

  static String miss(Source source) {
    return "Gyre; fwd=miss; detail=" + source.label();
  }

  static String stale(Source source) {
    return "Gyre; fwd=stale; detail=" + source.label();
  }

  static String collapsed(Source source) {
    return "Gyre; fwd=miss; collapsed; detail=" + source.label();
  }

  static String passed(Route.Why why) {
    return "Gyre; fwd=" + why.name().toLowerCase(Locale.ROOT) + "; detail=upstream";
  }

  static Headers on(Headers headers, String member) {
    return headers.and("cache-status", member);
  }
}
