package gyre.operations.start;

/**
 * A server cannot start, for a reason its operator can mend. The message is one line: what, where,
 * what to do.
 */
public final class StartFailure extends RuntimeException {
  public StartFailure(String message) {
    super(message);
  }

  public StartFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
