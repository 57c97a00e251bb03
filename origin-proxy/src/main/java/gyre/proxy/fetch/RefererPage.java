package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.message.Request;
import gyre.proxy.route.RoutePolicy;
import java.util.Locale;
import java.util.Optional;

/**
 * The page that asks for something, from Referer (RFC 9110, 10.1.3): a page of the same site, and
 * neither a navigation's last page nor a script of Gyre's own. Pure.
 */
final class RefererPage {
  private RefererPage() {}

  /** The page as a resource, without its fragment. */
  static Optional<String> of(Request request, SiteConfig site) {
    return request
        .headers()
        .first("referer")
        .filter(_ -> Shareable.mayTravelAs(request))
        .flatMap(referer -> page(referer, request, site));
  }

  /** By host alone: before this proxy another one may speak TLS. */
  private static Optional<String> page(String referer, Request request, SiteConfig site) {
    int scheme = referer.indexOf("://");
    int slash = scheme < 0 ? -1 : referer.indexOf('/', scheme + 3);
    if (slash < 0) {
      return Optional.empty();
    }
    String authority = referer.substring(scheme + 3, slash).toLowerCase(Locale.ROOT);
    int fragment = referer.indexOf('#', slash);
    String target = referer.substring(slash, fragment < 0 ? referer.length() : fragment);
    boolean isOurs =
        authority.equals(request.authority())
            || (isNamed(authority, site) && !isMaybeTruncated(target));
    return isOurs && !RoutePolicy.isOwn(path(target))
        ? Optional.of("//" + authority + target)
        : Optional.empty();
  }

  private static boolean isNamed(String authority, SiteConfig site) {
    int colon = authority.lastIndexOf(':');
    String host = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    return site.hosts().contains(host);
  }

  /** To another host browsers name the origin only (strict-origin-when-cross-origin). */
  private static boolean isMaybeTruncated(String target) {
    return target.equals("/");
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
