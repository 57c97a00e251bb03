package gyre.operations.config;

import java.nio.file.Path;
import java.util.Map;

/** An app: its name, its script (relative to gyre.yaml), the text bindings of its {@code env}. */
public record AppConfig(String name, Path file, Map<String, String> vars) {
  public AppConfig {
    vars = Map.copyOf(vars);
  }
}
