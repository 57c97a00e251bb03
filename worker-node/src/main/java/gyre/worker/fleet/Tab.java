package gyre.worker.fleet;

import java.time.Instant;

/**
 * One tab as it was last seen. {@code heard} is when it last answered; {@code tokenExpires} when
 * its token does; {@code vitals} what it said; {@code trust} how what it was told compares with
 * what holds now.
 */
public record Tab(
    int id, Job job, Instant heard, Instant tokenExpires, Vitals vitals, Trust trust) {

  /** Whether a tab trusts those proxies that it may, which it is told once, when it opens. */
  public enum Trust {
    CURRENT,
    /** It does not know a proxy that came later. */
    LACKS_SOME,
    /** It trusts a proxy that nobody trusts any more. */
    TRUSTS_OTHERS
  }

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
    return new Tab(id, job, when, tokenExpires, now, trust);
  }

  public Tab gone() {
    return new Tab(id, job, heard, tokenExpires, Vitals.GONE, trust);
  }

  public Tab renewed(Instant expires) {
    return new Tab(id, job, heard, expires, vitals, trust);
  }

  public Tab trusting(Trust compared) {
    return new Tab(id, job, heard, tokenExpires, vitals, compared);
  }
}
