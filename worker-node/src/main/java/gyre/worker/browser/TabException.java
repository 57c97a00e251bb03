package gyre.worker.browser;

/** One tab cannot do what was asked. {@code isGone}: it is not there any more. */
public final class TabException extends Exception {
  private final boolean isGone;

  TabException(String message, boolean isGone) {
    super(message);
    this.isGone = isGone;
  }

  public boolean isGone() {
    return isGone;
  }
}
