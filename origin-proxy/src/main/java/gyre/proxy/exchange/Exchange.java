package gyre.proxy.exchange;

import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** One open exchange as one side sees it: two directions, each with its credit in bytes. */
final class Exchange {
  private final boolean acceptsPacked;
  private final Deque<PeerFrame> outgoing = new ArrayDeque<>();
  private long queuedBytes;
  private long sendCredit = Limits.INITIAL_CREDIT;
  private boolean lastFrameQueued;
  private boolean lastFrameSent;
  private boolean knownThere;

  private boolean responded;
  private boolean inboundEnded;
  private long receiveCredit = Limits.INITIAL_CREDIT;
  private long consumed;

  Exchange(boolean acceptsPacked) {
    this.acceptsPacked = acceptsPacked;
  }

  boolean acceptsPacked() {
    return acceptsPacked;
  }

  boolean responded() {
    return responded;
  }

  void markResponded() {
    responded = true;
  }

  boolean inboundEnded() {
    return inboundEnded;
  }

  void markInboundEnded() {
    inboundEnded = true;
  }

  boolean lastFrameQueued() {
    return lastFrameQueued;
  }

  boolean isOver() {
    return inboundEnded && lastFrameSent;
  }

  /** Whether a frame of it was sent: the other side knows that it exists. */
  boolean isKnownThere() {
    return knownThere;
  }

  long queuedBytes() {
    return queuedBytes;
  }

  void queue(PeerFrame frame) {
    outgoing.add(frame);
    queuedBytes += cost(frame);
    lastFrameQueued |= frame instanceof PeerFrame.End;
  }

  /** The frame that may go now: the first one, if the other side's credit covers it. */
  Optional<PeerFrame> sendable() {
    PeerFrame first = outgoing.peek();
    return first == null || cost(first) > sendCredit ? Optional.empty() : Optional.of(first);
  }

  boolean hasOutgoing() {
    return !outgoing.isEmpty();
  }

  void sent(PeerFrame frame) {
    outgoing.remove();
    queuedBytes -= cost(frame);
    sendCredit -= cost(frame);
    knownThere = true;
    lastFrameSent |= frame instanceof PeerFrame.End;
  }

  void granted(long bytes) {
    sendCredit = Math.min(sendCredit + bytes, Limits.REPRESENTATION);
  }

  /** Whether the other side had credit for so many bytes; takes it. */
  boolean spend(int bytes) {
    receiveCredit -= bytes;
    return receiveCredit >= 0;
  }

  /** So many bytes were taken in; returns what to grant now, 0 while it is too little to say. */
  long consume(long bytes) {
    consumed += bytes;
    if (inboundEnded || consumed < Limits.INITIAL_CREDIT / 4) {
      return 0;
    }
    long grant = consumed;
    consumed = 0;
    receiveCredit += grant;
    return grant;
  }

  private static int cost(PeerFrame frame) {
    return switch (frame) {
      case PeerFrame.Data data -> data.payload().length();
      case PeerFrame.Packed packed -> packed.payload().length();
      case PeerFrame.Request _,
          PeerFrame.Response _,
          PeerFrame.End _,
          PeerFrame.Cancel _,
          PeerFrame.Credit _ ->
          0;
    };
  }
}
