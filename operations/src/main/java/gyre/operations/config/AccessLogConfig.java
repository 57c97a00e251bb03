package gyre.operations.config;

import java.nio.file.Path;

/** Where origin-proxy writes a line for every request, addresses included, and how. */
public record AccessLogConfig(Path file, Format format) {

  /** {@code COMBINED}: what Apache and nginx write; {@code JSON}: one object a line. */
  public enum Format {
    COMBINED,
    JSON
  }
}
