package gyre.proxy.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** What goes wrong with the disk, told in one line a minute however often it does. Any thread. */
final class Complaints {
  private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
  private final AtomicLong untold = new AtomicLong();

  Complaints(Logger log) {
    this.log = log;
  }

  void tell(String what, Object why) {
    long now = System.nanoTime();
    long until = quietUntil.get();
    if (now - until >= 0 && quietUntil.compareAndSet(until, now + PAUSE)) {
      log.warn("{}: {} ({} such lines left out before)", what, why, untold.getAndSet(0));
    } else {
      untold.incrementAndGet();
    }
  }
}
