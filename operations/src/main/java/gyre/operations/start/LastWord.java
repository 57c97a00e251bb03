package gyre.operations.start;

import java.io.PrintStream;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.function.IntConsumer;

/**
 * Says what ended a thread. Where the virtual machine itself is at its end (no memory, an internal
 * error), the process ends with status 3: half a server would look ready and serve nobody. A stack
 * that overflowed ends its thread only.
 */
final class LastWord implements UncaughtExceptionHandler {
  private static final int BROKEN = 3;

  private final PrintStream out;
  private final IntConsumer halt;

  /** {@code halt} ends the process at once, without its shutdown hooks. */
  LastWord(PrintStream out, IntConsumer halt) {
    this.out = out;
    this.halt = halt;
  }

  /** Every thread of this process that has no handler of its own gets this one. */
  static LastWord install() {
    LastWord handler = new LastWord(System.err, status -> Runtime.getRuntime().halt(status));
    Thread.setDefaultUncaughtExceptionHandler(handler);
    return handler;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable failure) {
    boolean isFatal =
        failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
    try {
      out.println(
          "thread "
              + thread.getName()
              + " ended: "
              + failure
              + (isFatal ? "; the process ends with status 3, start it again" : ""));
      failure.printStackTrace(out);
    } finally {
      if (isFatal) {
        halt.accept(BROKEN);
      }
    }
  }
}
