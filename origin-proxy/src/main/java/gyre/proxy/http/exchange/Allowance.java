package gyre.proxy.http.exchange;

/**
 * How much of something a client may still have: {@code most} at once, {@code perSecond} more as
 * time goes by, and what it earns. Owned by the event loop.
 */
public final class Allowance {
  private final int most;
  private final long nanosPerUnit;
  private long left;
  private long refilled = System.nanoTime();

  public Allowance(int most, int perSecond) {
    this.most = most;
    this.nanosPerUnit = 1_000_000_000L / perSecond;
    this.left = most;
  }

  /** Takes one; false where there is none. */
  public boolean draw() {
    if (left == 0) {
      long now = System.nanoTime();
      long grown = (now - refilled) / nanosPerUnit;
      earn(grown);
      refilled += grown * nanosPerUnit;
    }
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }

  public void earn(long units) {
    left = Math.min(most, left + units);
  }
}
