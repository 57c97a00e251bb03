package gyre.worker.fleet;

import gyre.wire.AppId;

/** What one tab does: it runs this app for this site, and nothing else for its whole life. */
public record Job(String site, AppId app) {
  @Override
  public String toString() {
    return app.name() + " for " + site;
  }
}
