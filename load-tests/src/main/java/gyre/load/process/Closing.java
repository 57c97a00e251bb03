package gyre.load.process;

/** Closing that an interrupt does not cut short: the thread's interrupt waits until it is done. */
public final class Closing {
  private Closing() {}

  public static void undisturbed(Runnable closing) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      closing.run();
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
