package gyre.proxy.app;

import gyre.wire.AppId;
import java.util.Map;

/**
 * One version of an app as it runs: its id, its script (a JavaScript module), its text bindings.
 */
public record Deployment(AppId id, String script, Map<String, String> vars) {
  public Deployment {
    vars = Map.copyOf(vars);
  }
}
