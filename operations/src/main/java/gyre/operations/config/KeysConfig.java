package gyre.operations.config;

import java.time.Duration;

/** How long a site's key signs before a new one takes its place. */
public record KeysConfig(Duration rotation) {
  /** Less is refused: keys overlap, and visitors hold the list of a session answer. */
  public static final Duration SHORTEST = Duration.ofHours(1);
}
