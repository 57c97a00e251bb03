package gyre.proxy.swarm;

import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * What came in for one exchange and was not taken yet; bounded by the credit that this side gives.
 * Guarded by the lock of its {@link PeerChannel}.
 */
final class Inbox {
  /** Smaller pieces are put together, so that a trickle of single bytes costs no more memory. */
  private static final int SMALL = 4_096;

  record Head(int status, List<HeaderField> headers) {}

  /**
   * Why nothing more comes. {@code refused}: the other side has not begun with it, and will not.
   */
  private record Failure(String reason, boolean refused) {
    PeerException exception() {
      return refused ? new RefusedException(reason) : new PeerException(reason);
    }
  }

  private final int exchange;
  private final boolean takesBody;
  private final Condition changed;
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private Optional<Head> head = Optional.empty();
  private Optional<Failure> failure = Optional.empty();
  private boolean ended;

  Inbox(int exchange, boolean takesBody, Condition changed) {
    this.exchange = exchange;
    this.takesBody = takesBody;
    this.changed = changed;
  }

  int exchange() {
    return exchange;
  }

  Condition changed() {
    return changed;
  }

  Optional<Head> head() {
    return head;
  }

  boolean hasFailed() {
    return failure.isPresent();
  }

  /** Throws where nothing more comes. */
  void check() throws PeerException {
    if (failure.isPresent()) {
      throw failure.get().exception();
    }
  }

  boolean ended() {
    return ended;
  }

  Optional<Piece> poll() {
    return Optional.ofNullable(pieces.poll());
  }

  void head(int status, List<HeaderField> headers) {
    head = Optional.of(new Head(status, headers));
    changed.signalAll();
  }

  void add(Piece piece) {
    if (!takesBody) {
      return;
    }
    Piece last = pieces.peekLast();
    if (last != null
        && !last.packed()
        && !piece.packed()
        && last.bytes().length() + piece.bytes().length() <= SMALL) {
      pieces.removeLast();
      pieces.add(new Piece(joined(last.bytes(), piece.bytes()), false));
    } else {
      pieces.add(piece);
    }
    changed.signalAll();
  }

  void end() {
    ended = true;
    changed.signalAll();
  }

  /** What came before stays readable only as far as it was complete: a failed body is no body. */
  void fail(String reason) {
    fail(new Failure(reason, false));
  }

  /** The other side cancelled; overloaded before any answer: it has not begun. */
  void cancelled(CancelCode code, String reason) {
    fail(new Failure(reason, code == CancelCode.OVERLOADED && head.isEmpty()));
  }

  private void fail(Failure why) {
    if (!ended && failure.isEmpty()) {
      failure = Optional.of(why);
      pieces.clear();
    }
    changed.signalAll();
  }

  private static Bytes joined(Bytes first, Bytes second) {
    byte[] both = new byte[first.length() + second.length()];
    ByteBuffer.wrap(both).put(first.buffer()).put(second.buffer());
    return Bytes.owning(both);
  }
}
