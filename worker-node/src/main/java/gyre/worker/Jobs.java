package gyre.worker;

import gyre.operations.config.GyreConfig;
import gyre.operations.config.RouteConfig;
import gyre.operations.config.SiteConfig;
import gyre.worker.fleet.Job;
import gyre.worker.shell.ShellApps;
import java.util.LinkedHashMap;
import java.util.Map;

/** The tabs that gyre.yaml asks for: for each site, so many of each app that its routes name. */
final class Jobs {
  private Jobs() {}

  static Map<Job, Integer> of(GyreConfig config, ShellApps apps) {
    Map<Job, Integer> jobs = new LinkedHashMap<>();
    for (SiteConfig site : config.sites()) {
      site.routes().stream()
          .map(RouteConfig::app)
          .flatMap(name -> name.flatMap(apps::named).stream())
          .forEach(app -> jobs.put(new Job(site.id(), app.id()), config.worker().tabs()));
    }
    return jobs;
  }
}
