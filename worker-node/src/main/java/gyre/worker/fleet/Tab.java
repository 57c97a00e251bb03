package gyre.worker.fleet;

import java.time.Instant;

/**
 * One tab as it was last seen. {@code heard} is when it last answered; {@code tokenExpires} when
 * its token does; {@code vitals} what it said.
 */
public record Tab(int id, Job job, Instant heard, Instant tokenExpires, Vitals vitals) {

  /**
   * What a tab says of itself. {@code memory} in bytes, 0 while it is not known. {@code isGone}:
   * its process ended.
   */
  public record Vitals(
      boolean isRegistered, boolean isGone, int inFlight, long served, long memory) {
    public static final Vitals NEW = new Vitals(false, false, 0, 0, 0);
    public static final Vitals GONE = new Vitals(false, true, 0, 0, 0);
  }

  public Tab seen(Vitals now, Instant when) {
    return new Tab(id, job, when, tokenExpires, now);
  }

  public Tab gone() {
    return new Tab(id, job, heard, tokenExpires, Vitals.GONE);
  }

  public Tab renewed(Instant expires) {
    return new Tab(id, job, heard, expires, vitals);
  }
}
