package gyre.proxy.fetch;

import java.util.Locale;

/** Where an answer came from. */
public enum Source {
  HIT,
  PEER,
  WORKER,
  EXECUTOR,
  UPSTREAM,
  /** The proxy itself: scripts, sessions, refusals. */
  OWN;

  /** As Cache-Status and the counters call it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
