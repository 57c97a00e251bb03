package gyre.worker.browser;

/** The browser or its driver died or hangs: every tab is lost, only a new browser helps. */
public final class BrowserLostException extends Exception {
  BrowserLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
