package gyre.worker.shell;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import java.util.Map;

/** An app as a tab loads it: its id, its script, the text bindings of its {@code env}. */
public record ShellApp(AppId id, Bytes script, Map<String, String> vars) {
  public ShellApp {
    vars = Map.copyOf(vars);
  }
}
