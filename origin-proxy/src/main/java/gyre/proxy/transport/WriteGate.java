package gyre.proxy.transport;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where a virtual thread waits until a channel takes more bytes. The channel's handler calls {@link
 * #wake} when its writability changes and when it becomes inactive.
 */
public final class WriteGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  public void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** An IOException says that the channel is closed, or took nothing for {@code patience}. */
  public void await(Channel channel, Duration patience) throws IOException {
    long left = patience.toNanos();
    lock.lock();
    try {
      while (channel.isActive() && !channel.isWritable()) {
        if (left <= 0) {
          throw new IOException("it took no more bytes for " + patience.toMillis() + " ms");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while sending");
    } finally {
      lock.unlock();
    }
    if (!channel.isActive()) {
      throw new IOException("it closed the connection");
    }
  }
}
