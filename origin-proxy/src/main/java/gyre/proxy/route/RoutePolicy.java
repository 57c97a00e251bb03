package gyre.proxy.route;

import gyre.operations.config.RouteConfig;
import gyre.operations.config.SiteConfig;
import gyre.proxy.message.EventStream;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** From a request to its route: the site by Host, Gyre's own paths, the site's rules in order. */
public final class RoutePolicy {
  private static final Set<String> SCRIPTS = Set.of("/peer-client.js", "/peer-sw.js");
  private static final String OWN = "/.gyre/";

  private final List<SiteConfig> sites;

  public RoutePolicy(List<SiteConfig> sites) {
    this.sites = List.copyOf(sites);
  }

  public Route route(Request request) {
    Optional<SiteConfig> site = siteOf(request.host());
    if (site.isEmpty()) {
      return new Route.Reject(421, "no site here has the host " + request.host());
    }
    return switch (request.method()) {
      case "CONNECT", "TRACE" ->
          new Route.Reject(405, "the method " + request.method() + " is not answered here");
      default -> route(request, site.get());
    };
  }

  /** An exact name before {@code *}. */
  public Optional<SiteConfig> siteOf(String host) {
    Optional<SiteConfig> any = Optional.empty();
    for (SiteConfig site : sites) {
      if (site.hosts().contains(host)) {
        return Optional.of(site);
      }
      if (any.isEmpty() && site.hosts().contains("*")) {
        any = Optional.of(site);
      }
    }
    return any;
  }

  /** Whether a path, however it is spelt, is one of Gyre's own. */
  public static boolean isOwn(String path) {
    return isOwnNormal(NormalPath.of(path));
  }

  private static boolean isOwnNormal(String path) {
    return path.startsWith(OWN) || SCRIPTS.contains(path);
  }

  /** Content of a GET has no meaning for a cache (RFC 9110, 9.3.1), but an upstream may read it. */
  private static boolean isItsOwn(Request request) {
    return request.headers().lists("accept", EventStream.TYPE)
        || request.headers().contains("upgrade")
        || request.body().length().orElse(Long.MAX_VALUE) > 0;
  }

  private static Route route(Request request, SiteConfig site) {
    String path = NormalPath.of(request.path());
    if (isOwnNormal(path)) {
      return new Route.Own(site);
    }
    Optional<RouteConfig> rule = rule(site, path);
    Optional<String> app = rule.flatMap(RouteConfig::app);
    if (app.isPresent()) {
      return new Route.App(site, app.get());
    }
    Patience patience = rule.map(RoutePolicy::patience).orElse(Patience.USUAL);
    if (!request.isRead()) {
      return new Route.Pass(site, Route.Why.METHOD, patience);
    }
    if (isItsOwn(request)) {
      return new Route.Pass(site, Route.Why.REQUEST, patience);
    }
    if (rule.isPresent() && rule.get().cache() == RouteConfig.Use.NEVER) {
      return new Route.Pass(site, Route.Why.BYPASS, patience);
    }
    boolean peers =
        !request.isAuthorized()
            && rule.map(RouteConfig::peers).orElse(RouteConfig.Use.HEADERS)
                != RouteConfig.Use.NEVER;
    boolean cookies =
        rule.filter(each -> each.setCookie() == RouteConfig.Cookies.SHARED).isPresent();
    return new Route.Cacheable(site, peers, cookies, patience);
  }

  private static Optional<RouteConfig> rule(SiteConfig site, String path) {
    for (RouteConfig rule : site.routes()) {
      if (PathPattern.matches(rule.match(), path)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  private static Patience patience(RouteConfig rule) {
    return new Patience(rule.timeout(), rule.between());
  }
}
