package gyre.proxy.channel.link;

import gyre.proxy.channel.Channel;
import gyre.proxy.channel.ChannelListener;
import gyre.proxy.channel.ChildOrder;
import gyre.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection that lives in a child. At most {@link #WINDOW} bytes are on their way to it
 * without having left the child's own queue.
 */
final class LinkedChannel implements Channel {
  private static final long WINDOW = 1 << 20;

  private final int number;
  private final ChildLink child;
  private final ChannelListener listener;
  private final AtomicLong onTheWay = new AtomicLong();
  private final AtomicBoolean refused = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  LinkedChannel(int number, ChildLink child, ChannelListener listener) {
    this.number = number;
    this.child = child;
    this.listener = listener;
  }

  ChannelListener listener() {
    return listener;
  }

  @Override
  public void describe(String sdp) {
    order(new ChildOrder.Describe(number, sdp));
  }

  @Override
  public void candidate(String candidate, String mid, int line) {
    order(new ChildOrder.Candidate(number, candidate, mid, line));
  }

  @Override
  public boolean send(ByteBuffer message) {
    if (closed.get()) {
      return false;
    }
    int length = message.remaining();
    if (onTheWay.get() + length > WINDOW) {
      refused.set(true);
      if (onTheWay.get() + length > WINDOW) {
        return false; // Drained sees the mark and calls writable
      }
    }
    onTheWay.addAndGet(length);
    byte[] copy = new byte[length];
    message.get(copy);
    order(new ChildOrder.Send(number, Bytes.owning(copy)));
    return true;
  }

  @Override
  public boolean isBusy() {
    if (onTheWay.get() == 0) {
      return false;
    }
    refused.set(true);
    return onTheWay.get() > 0; // it may have left meanwhile, before it saw the mark
  }

  void drained(int bytes) {
    onTheWay.addAndGet(-bytes);
    if (refused.getAndSet(false)) {
      listener.writable();
    }
  }

  @Override
  public void close() {
    order(new ChildOrder.Close(number));
  }

  /** The child has closed it, or is gone. Told once. */
  void gone(String reason) {
    if (!closed.getAndSet(true)) {
      listener.closed(reason);
    }
  }

  private void order(ChildOrder order) {
    if (!closed.get()) {
      child.order(order);
    }
  }
}
