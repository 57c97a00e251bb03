package gyre.proxy.fetch;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all fills together may keep. Who gets no more goes on as a window that only its
 * readers hold open: a flood of large resources that nobody waits for cannot fill the heap. Any
 * thread.
 */
final class FillBudget {
  private final long bytes;
  private final AtomicLong taken = new AtomicLong();

  FillBudget(long bytes) {
    this.bytes = bytes;
  }

  boolean take(int count) {
    if (taken.addAndGet(count) <= bytes) {
      return true;
    }
    taken.addAndGet(-count);
    return false;
  }

  void giveBack(long count) {
    taken.addAndGet(-count);
  }

  long taken() {
    return taken.get();
  }
}
