package gyre.operations.config;

import java.time.Duration;
import java.util.List;

/**
 * What a site asks of its visitors. Sizes in bytes, {@code uploadRate} in bytes per second, {@code
 * uploadVolume} in bytes per session. {@code minVisitors}: how many visitors must have asked for a
 * resource before a page's list names it, so that an address that only one of them knows is told to
 * nobody.
 */
public record PeersConfig(
    Consent consent,
    long minSize,
    int minVisitors,
    List<String> peerFirst,
    Duration hedgeDelay,
    Duration elementDelay,
    long uploadRate,
    long uploadVolume) {
  /** More is refused: so many are kept in memory for each resource. */
  public static final int MOST_MIN_VISITORS = 64;

  public PeersConfig {
    peerFirst = List.copyOf(peerFirst);
  }

  /** {@code UNSET}: off on public host names, implied on localhost. */
  public enum Consent {
    UNSET,
    IMPLIED,
    ASK,
    OFF
  }
}
