package gyre.load.system;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What a test has opened so far: closed in reverse, all of it, also where opening the next failed.
 */
final class Opened implements AutoCloseable {
  private final Deque<AutoCloseable> things = new ArrayDeque<>();

  /** Hands it through. */
  <T extends AutoCloseable> T add(T thing) {
    things.push(thing);
    return thing;
  }

  /** Throws the first failure, once everything was asked to close. */
  @Override
  public void close() {
    RuntimeException failed = new IllegalStateException("not everything could be closed");
    while (!things.isEmpty()) {
      closeOne(things.pop(), failed);
    }
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }

  private static void closeOne(AutoCloseable thing, RuntimeException failed) {
    try {
      thing.close();
    } catch (Exception e) {
      failed.addSuppressed(e);
    }
  }
}
