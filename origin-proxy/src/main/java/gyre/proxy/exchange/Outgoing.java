package gyre.proxy.exchange;

import gyre.wire.PeerFrame;
import gyre.wire.codec.FrameBatch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/**
 * The frames of a channel that wait to be sent: cancels and credits first, then one frame of each
 * exchange in turn, as far as its credit goes. Shares the table of open exchanges with its owner.
 */
final class Outgoing {
  private static final int URGENT = 1_024;

  private final Map<Integer, Exchange> open;
  private final Deque<PeerFrame> urgent = new ArrayDeque<>();
  private final SequencedSet<Integer> turns = new LinkedHashSet<>();
  private final List<Integer> ended = new ArrayList<>();

  Outgoing(Map<Integer, Exchange> open) {
    this.open = open;
  }

  void queue(int exchange, PeerFrame frame) {
    Exchange found = open.get(exchange);
    if (found != null) {
      found.queue(frame);
      turns.add(exchange);
    }
  }

  void urgent(PeerFrame frame) {
    urgent.add(frame);
  }

  /** Whether the other side provokes answers faster than it takes them. */
  boolean isFlooded() {
    return urgent.size() > URGENT;
  }

  /** Drops everything else: the channel closes after this frame. */
  void last(PeerFrame frame) {
    urgent.clear();
    turns.clear();
    urgent.add(frame);
  }

  /** Credit came in for an exchange that may have waited for it. */
  void resume(int exchange) {
    Exchange found = open.get(exchange);
    if (found != null && found.hasOutgoing()) {
      turns.add(exchange);
    }
  }

  /** The exchanges whose last frame went out since the last call. */
  List<Integer> takeEnded() {
    List<Integer> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  Optional<ByteBuffer> nextMessage() {
    FrameBatch batch = new FrameBatch();
    while (!urgent.isEmpty() && batch.add(urgent.element())) {
      urgent.remove();
    }
    if (urgent.isEmpty()) {
      takeTurns(batch);
    }
    return batch.isEmpty() ? Optional.empty() : Optional.of(ByteBuffer.wrap(batch.take()));
  }

  private void takeTurns(FrameBatch batch) {
    while (!turns.isEmpty()) {
      int exchange = turns.removeFirst();
      Exchange found = open.get(exchange);
      PeerFrame frame = found == null ? null : found.sendable().orElse(null);
      if (found == null || frame == null) {
        continue; // closed, or it waits for credit: resume() brings it back
      }
      if (!batch.add(frame)) {
        turns.addFirst(exchange);
        return;
      }
      found.sent(frame);
      if (frame instanceof PeerFrame.End) {
        ended.add(exchange);
      } else if (found.hasOutgoing()) {
        turns.addLast(exchange);
      }
    }
  }
}
