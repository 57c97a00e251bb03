package gyre.proxy.transport;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One deadline of a connection, moved often and met seldom: setting it is one field, the timer
 * looks again when it fires. Owned by the event loop.
 */
public final class Deadline {
  private final EventLoop loop;
  private final Runnable onExpiry;
  private boolean isSet;
  private long due;
  private long timerDue;
  private @Nullable Future<?> timer;

  public Deadline(EventLoop loop, Runnable onExpiry) {
    this.loop = loop;
    this.onExpiry = onExpiry;
  }

  public void set(Duration fromNow) {
    isSet = true;
    due = System.nanoTime() + fromNow.toNanos();
    Future<?> running = timer;
    if (running == null) {
      timer = loop.schedule(this::look, fromNow.toNanos(), NANOSECONDS);
    } else if (timerDue - due > 0) {
      running.cancel(false);
      timer = loop.schedule(this::look, fromNow.toNanos(), NANOSECONDS);
    } else {
      return;
    }
    timerDue = due;
  }

  public void clear() {
    isSet = false;
  }

  /** Never fires again. */
  public void end() {
    isSet = false;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void look() {
    timer = null;
    if (!isSet) {
      return;
    }
    long left = due - System.nanoTime();
    if (left <= 0) {
      isSet = false;
      onExpiry.run();
    } else {
      timer = loop.schedule(this::look, left, NANOSECONDS);
      timerDue = due;
    }
  }
}
