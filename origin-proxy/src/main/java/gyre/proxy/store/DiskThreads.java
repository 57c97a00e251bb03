package gyre.proxy.store;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The platform threads on which files are read ({@code gyre-disk-read-N}) and changed ({@code
 * gyre-disk-write}, one, in the order asked for): a slow disk holds up no carrier of virtual
 * threads. What finds no room in a queue, or takes longer than {@link #PATIENCE_SECONDS}, fails.
 */
final class DiskThreads implements AutoCloseable {
  private static final int READERS = 4;
  private static final int READS = 4_096;
  private static final int CHANGES = 300_000;
  private static final int PATIENCE_SECONDS = 10;

  private final ThreadPoolExecutor readers =
      threads(READERS, new ArrayBlockingQueue<>(READS), "gyre-disk-read-");
  private final ThreadPoolExecutor writer =
      threads(1, new LinkedBlockingQueue<>(CHANGES), "gyre-disk-write-");

  /** The disk was not asked, or has not answered in time: that says nothing of what it holds. */
  static final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    BusyException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** What is done with files. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  private static ThreadPoolExecutor threads(int count, BlockingQueue<Runnable> queue, String name) {
    return new ThreadPoolExecutor(
        count,
        count,
        0,
        TimeUnit.SECONDS,
        queue,
        Thread.ofPlatform().daemon().name(name, 0).factory());
  }

  /** Waits for the result; the thread that reads is never interrupted, that would close files. */
  <T> T read(Work<T> work) throws IOException {
    try {
      Future<T> result = readers.submit(work::run);
      return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure
          ? new IOException(failure.toString(), failure)
          : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new BusyException("the disk has not answered for " + PATIENCE_SECONDS + " s", e);
    } catch (RejectedExecutionException e) {
      throw new BusyException("too many wait for the disk, or it is closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BusyException("interrupted while reading from the disk", e);
    }
  }

  /** Later, after all that was handed over before; false where there is no room. */
  boolean change(Runnable work) {
    try {
      writer.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Finishes the changes that wait, for at most ten seconds. */
  @Override
  public void close() {
    readers.shutdown();
    writer.shutdown();
    try {
      if (!writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
