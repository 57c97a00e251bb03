package gyre.proxy.coding;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The platform threads that encoders run on, as native code must not hold up virtual threads:
 * {@code gyre-coding} for pieces somebody waits for, and one {@code gyre-coding-kept} for what is
 * coded in advance.
 */
final class CodingThreads implements AutoCloseable {
  private static final int PIECES = 1024;
  private static final int AHEAD = 64;

  private final ThreadPoolExecutor pieces =
      pool("gyre-coding-", Runtime.getRuntime().availableProcessors(), PIECES);
  private final ThreadPoolExecutor ahead = pool("gyre-coding-kept-", 1, AHEAD);

  private static ThreadPoolExecutor pool(String name, int threads, int queue) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            Thread.ofPlatform().daemon().name(name, 0).factory(),
            new ThreadPoolExecutor.AbortPolicy());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Waits for a piece of work of a few milliseconds. */
  <T> T waitFor(Callable<T> work) throws IOException {
    try {
      return pieces.submit(work).get();
    } catch (ExecutionException e) {
      throw new IOException("coding failed: " + e.getCause(), e);
    } catch (RejectedExecutionException e) {
      throw new IOException("too much waits to be coded, or this proxy is stopping", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while coding");
    }
  }

  /** At some time, or never: false where too much waits already. */
  boolean later(Runnable work) {
    try {
      Future<?> task = ahead.submit(work);
      return !task.isCancelled();
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Override
  public void close() {
    pieces.shutdownNow();
    ahead.shutdownNow();
  }
}
