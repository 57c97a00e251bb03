package gyre.proxy.swarm;

import gyre.wire.CancelCode;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * An exchange that this side opened, as the virtual threads that wait for it see it: one writes the
 * request's body, one reads the response. Closing it cancels what is not over.
 */
final class Call implements AutoCloseable {
  private static final long QUEUED = 256 << 10;

  private final PeerChannel channel;
  private final Inbox inbox;

  Call(PeerChannel channel, Inbox inbox) {
    this.channel = channel;
    this.inbox = inbox;
  }

  PeerChannel channel() {
    return channel;
  }

  /** Waits for the response's head. */
  Inbox.Head head(Deadline deadline) throws PeerException, InterruptedException {
    channel.lock().lockInterruptibly();
    try {
      while (inbox.head().isEmpty()) {
        check(deadline, "to answer");
        var _ = inbox.changed().awaitNanos(deadline.nanosLeft());
      }
      return inbox.head().get();
    } finally {
      channel.lock().unlock();
    }
  }

  /** Waits for the next piece of the response's body; empty at its end. Gives its credit back. */
  Optional<Piece> next(Deadline deadline) throws PeerException, InterruptedException {
    channel.lock().lockInterruptibly();
    try {
      Optional<Piece> piece = inbox.poll();
      while (piece.isEmpty() && !inbox.ended()) {
        check(deadline, "to go on");
        var _ = inbox.changed().awaitNanos(deadline.nanosLeft());
        piece = inbox.poll();
      }
      if (piece.isPresent()) {
        channel.exchanges().consumed(inbox.exchange(), piece.get().bytes().length());
        channel.flush();
      }
      return piece;
    } finally {
      channel.lock().unlock();
    }
  }

  /** Waits for room, then queues the next bytes of the request's body; false where it is over. */
  boolean write(ByteBuffer content) throws InterruptedException {
    channel.lock().lockInterruptibly();
    try {
      while (channel.exchanges().queuedBytes(inbox.exchange()) > QUEUED && !isOver()) {
        channel.room().await();
      }
      boolean taken = !isOver() && channel.exchanges().data(inbox.exchange(), content);
      channel.flush();
      return taken;
    } finally {
      channel.lock().unlock();
    }
  }

  /** The request's body is complete. */
  void end() {
    channel.lock().lock();
    try {
      channel.exchanges().end(inbox.exchange());
      channel.flush();
    } finally {
      channel.lock().unlock();
    }
  }

  void cancel(CancelCode code, String reason) {
    channel.lock().lock();
    try {
      channel.exchanges().cancel(inbox.exchange(), code, reason);
      inbox.fail(reason);
      channel.flush();
      channel.forget(inbox.exchange());
    } finally {
      channel.lock().unlock();
    }
  }

  @Override
  public void close() {
    cancel(CancelCode.NOT_WANTED, "not wanted any more");
  }

  private boolean isOver() {
    return inbox.hasFailed() || channel.whenClosed().isDone();
  }

  private void check(Deadline deadline, String what) throws PeerException {
    inbox.check();
    if (deadline.hasPassed()) {
      throw new PeerException(channel.peer() + " took too long " + what);
    }
  }
}
