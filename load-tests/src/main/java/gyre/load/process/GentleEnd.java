package gyre.load.process;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Work that starts processes and closes them also where it is asked to end (SIGINT, SIGTERM): then
 * its thread is interrupted, and this process ends when the work has, or 30 s later.
 */
public final class GentleEnd {
  /** What a shell says of a command that Ctrl-C ended. */
  private static final int INTERRUPTED = 130;

  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final Thread worker = Thread.currentThread();
  private final AtomicBoolean isAsked = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  private GentleEnd() {}

  /** Runs the work on this thread; its status is the result, once for each process. */
  public static int of(Callable<Integer> work) throws Exception {
    GentleEnd end = new GentleEnd();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("end").unstarted(end::ask));
    return end.run(work);
  }

  private int run(Callable<Integer> work) throws Exception {
    try {
      return work.call();
    } catch (RuntimeException | InterruptedException e) {
      // Whatever was under way when the end was asked for fails, and is not worth a word.
      if (isAsked.get()) {
        return INTERRUPTED;
      }
      throw e;
    } finally {
      ended.countDown();
    }
  }

  private void ask() {
    if (ended.getCount() == 0) {
      return;
    }
    isAsked.set(true);
    worker.interrupt();
    try {
      if (!ended.await(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("gyre: not everything ended within " + CLOSING.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
