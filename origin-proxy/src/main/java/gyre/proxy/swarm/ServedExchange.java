package gyre.proxy.swarm;

import gyre.proxy.exchange.ExchangeEvent;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import gyre.wire.PeerId;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An exchange that the other side opened, as the virtual thread that serves it sees it. Whatever
 * body the request has is not kept: the protocol gives none to what a proxy serves.
 */
final class ServedExchange implements AutoCloseable {
  private static final long QUEUED = 256 << 10;

  private final PeerChannel channel;
  private final Inbox inbox;
  private boolean complete;

  ServedExchange(PeerChannel channel, Inbox inbox) {
    this.channel = channel;
    this.inbox = inbox;
  }

  /** Lets the service answer, on a virtual thread of its own. */
  void serve(PeerChannel.Service service, ExchangeEvent.Requested request) {
    Thread.ofVirtual()
        .name("serve-" + peer())
        .start(
            () -> {
              try (this) {
                service.serve(this, request);
              } catch (PeerException e) {
                fail(String.valueOf(e.getMessage()));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  PeerId peer() {
    return channel.peer();
  }

  void respond(int status, List<HeaderField> headers) {
    channel.lock().lock();
    try {
      channel.exchanges().respond(inbox.exchange(), status, headers);
      channel.flush();
    } finally {
      channel.lock().unlock();
    }
  }

  /** Waits for room, then queues one piece of the body. */
  void write(ByteBuffer content, Deadline deadline) throws PeerException, InterruptedException {
    channel.lock().lockInterruptibly();
    try {
      while (channel.exchanges().queuedBytes(inbox.exchange()) > QUEUED && !isOver()) {
        if (channel.room().awaitNanos(deadline.nanosLeft()) <= 0 && deadline.hasPassed()) {
          throw new PeerException(channel.peer() + " took too long to take the answer");
        }
      }
      if (isOver() || !channel.exchanges().data(inbox.exchange(), content)) {
        throw new PeerException(channel.peer() + " no longer wants the answer");
      }
      channel.flush();
    } finally {
      channel.lock().unlock();
    }
  }

  void end() {
    channel.lock().lock();
    try {
      complete = true;
      channel.exchanges().end(inbox.exchange());
      channel.flush();
    } finally {
      channel.lock().unlock();
    }
  }

  void fail(String reason) {
    channel.lock().lock();
    try {
      channel.exchanges().cancel(inbox.exchange(), CancelCode.FAILED, reason);
      channel.flush();
    } finally {
      channel.lock().unlock();
    }
  }

  @Override
  public void close() {
    if (!complete) {
      fail("not answered");
    }
    channel.lock().lock();
    try {
      channel.forget(inbox.exchange());
    } finally {
      channel.lock().unlock();
    }
  }

  private boolean isOver() {
    return inbox.hasFailed() || channel.whenClosed().isDone();
  }
}
