package gyre.proxy.admin;

import gyre.operations.config.GyreConfig;
import gyre.operations.config.RouteConfig;
import gyre.operations.config.SiteConfig;
import java.net.URI;
import java.util.List;
import java.util.SortedMap;

/**
 * All that the page shows, as its JSON says it. Times in milliseconds; {@code history} ends at
 * {@code time} and has one value per {@code stepMillis}.
 */
record Status(
    long time,
    long uptimeMillis,
    List<Site> sites,
    List<App> apps,
    Answers answers,
    SwarmView.Answer swarm) {

  record Site(String id, List<String> hosts, List<String> upstreams) {
    static Site of(SiteConfig site) {
      return new Site(
          site.id(), site.hosts(), site.upstreams().stream().map(URI::toString).toList());
    }
  }

  /** An app of the configuration, with the routes that lead to it. */
  record App(String name, List<String> routes) {}

  record Answers(
      SortedMap<String, Tally> total, long stepMillis, SortedMap<String, History.Series> history) {}

  static List<Site> sites(GyreConfig config) {
    return config.sites().stream().map(Site::of).toList();
  }

  static List<App> apps(GyreConfig config) {
    return config.apps().stream()
        .map(app -> new App(app.name(), routesTo(config, app.name())))
        .toList();
  }

  private static List<String> routesTo(GyreConfig config, String app) {
    return config.sites().stream()
        .flatMap(site -> site.routes().stream())
        .filter(route -> route.app().filter(app::equals).isPresent())
        .map(RouteConfig::match)
        .toList();
  }
}
