package gyre.proxy.exchange;

import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.FrameCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All exchanges of one channel, seen from one side; PROTOCOL.md, section 5.
 *
 * <p>A pure state machine with one owner: it opens no socket, reads no clock and starts no thread.
 * Received messages give events; what is to be sent waits, per exchange and in order, until {@link
 * #nextMessage} takes one frame of each exchange in turn. Lengths are in bytes.
 */
public final class Exchanges {
  private final Side side;
  private final Map<Integer, Exchange> open = new HashMap<>();
  private final Outgoing outgoing = new Outgoing(open);
  private int nextOwn;
  private int lastTheirs;
  private int theirsOpen;
  private boolean broken;

  public Exchanges(Side side) {
    this.side = side;
    this.nextOwn = side.firstExchange();
  }

  /** How many exchanges of this side are open. */
  public int outstanding() {
    return open.size() - theirsOpen;
  }

  /** Whether another exchange may be opened. */
  public boolean canOpen() {
    return !broken && outstanding() < Limits.OPEN_EXCHANGES && nextOwn > 0;
  }

  /** Opens an exchange and returns its number; the caller's body and {@link #end} follow. */
  public int request(String method, String target, List<HeaderField> headers) {
    if (!canOpen()) {
      throw new IllegalStateException("no further exchange: " + outstanding() + " are open");
    }
    int exchange = nextOwn;
    PeerFrame.Request frame = new PeerFrame.Request(exchange, method, target, headers);
    nextOwn += 2;
    open.put(exchange, new Exchange(asksForPacked(headers)));
    outgoing.queue(exchange, frame);
    return exchange;
  }

  /** Answers an exchange of the other side; false where it is over already. */
  public boolean respond(int exchange, int status, List<HeaderField> headers) {
    return queue(new PeerFrame.Response(exchange, status, headers));
  }

  /** Queues the next bytes of a body, in frames of at most a chunk; false where it is over. */
  public boolean data(int exchange, ByteBuffer content) {
    boolean isOpen = true;
    while (isOpen && content.hasRemaining()) {
      byte[] piece = new byte[Math.min(content.remaining(), Limits.FRAME_PAYLOAD)];
      content.get(piece);
      isOpen = queue(new PeerFrame.Data(exchange, Bytes.owning(piece)));
    }
    return isOpen;
  }

  /** Queues one chunk as a zstd frame; false where the exchange is over. */
  public boolean packed(int exchange, Bytes zstdFrame) {
    return queue(new PeerFrame.Packed(exchange, zstdFrame));
  }

  /** The body of this side is complete; false where the exchange is over. */
  public boolean end(int exchange) {
    return queue(new PeerFrame.End(exchange));
  }

  /** Stops an exchange in both directions; what was queued of it is dropped. */
  public void cancel(int exchange, CancelCode code, String reason) {
    Exchange found = open.get(exchange);
    if (found == null) {
      return;
    }
    close(exchange);
    if (!side.opens(exchange) || found.isKnownThere()) {
      outgoing.urgent(new PeerFrame.Cancel(exchange, code, cut(reason)));
    }
  }

  /** So many bytes of the exchange's body were taken in: the other side may send as many more. */
  public void consumed(int exchange, long bytes) {
    Exchange found = open.get(exchange);
    if (found != null) {
      long grant = found.consume(bytes);
      if (grant > 0) {
        outgoing.urgent(new PeerFrame.Credit(exchange, grant));
      }
    }
  }

  /** Bytes of a body that were queued and not yet taken; 0 where the exchange is over. */
  public long queuedBytes(int exchange) {
    Exchange found = open.get(exchange);
    return found == null ? 0 : found.queuedBytes();
  }

  /** The next message to send, where something is to be sent and credit allows it. */
  public Optional<ByteBuffer> nextMessage() {
    Optional<ByteBuffer> message = outgoing.nextMessage();
    if (message.isPresent()) {
      outgoing.takeEnded().forEach(this::closeIfOver);
    }
    return message;
  }

  /** Takes one message of the other side in. After a {@code Broken} nothing is read any more. */
  public List<ExchangeEvent> receive(ByteBuffer message) {
    List<ExchangeEvent> events = new ArrayList<>();
    if (broken) {
      return events;
    }
    try {
      for (PeerFrame frame : FrameCodec.decode(message)) {
        apply(frame).ifPresent(events::add);
        if (broken) {
          return events;
        }
      }
      if (outgoing.isFlooded()) {
        throw new Violation(CancelCode.LIMIT, "more to be answered than is read");
      }
    } catch (DecodeException e) {
      events.add(fault(CancelCode.MALFORMED, String.valueOf(e.getMessage())));
    } catch (Violation e) {
      events.add(fault(e.code(), e.reason()));
    }
    return events;
  }

  private Optional<ExchangeEvent> apply(PeerFrame frame) throws Violation {
    return switch (frame) {
      case PeerFrame.Request request -> requested(request);
      case PeerFrame.Response response -> responded(response);
      case PeerFrame.Data data -> received(data.exchange(), data.payload(), false);
      case PeerFrame.Packed packed -> received(packed.exchange(), packed.payload(), true);
      case PeerFrame.End end -> ended(end.exchange());
      case PeerFrame.Cancel cancel -> cancelled(cancel);
      case PeerFrame.Credit credit -> granted(credit);
    };
  }

  private Optional<ExchangeEvent> requested(PeerFrame.Request request) throws Violation {
    int exchange = request.exchange();
    if (exchange == 0 || side.opens(exchange) || exchange <= lastTheirs) {
      throw new Violation(CancelCode.MALFORMED, "a request must not open exchange " + exchange);
    }
    lastTheirs = exchange;
    if (theirsOpen >= Limits.OPEN_EXCHANGES) {
      outgoing.urgent(
          new PeerFrame.Cancel(exchange, CancelCode.OVERLOADED, "too many open exchanges"));
      return Optional.empty();
    }
    theirsOpen++;
    open.put(exchange, new Exchange(false));
    return Optional.of(
        new ExchangeEvent.Requested(
            exchange, request.method(), request.target(), request.headers()));
  }

  private Optional<ExchangeEvent> responded(PeerFrame.Response response) throws Violation {
    int exchange = response.exchange();
    if (!side.opens(exchange)) {
      throw new Violation(CancelCode.MALFORMED, "a response on exchange " + exchange);
    }
    Optional<Exchange> found = find(exchange);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    if (found.get().responded()) {
      throw new Violation(CancelCode.MALFORMED, "two responses on exchange " + exchange);
    }
    found.get().markResponded();
    return Optional.of(
        new ExchangeEvent.Responded(exchange, response.status(), response.headers()));
  }

  private Optional<ExchangeEvent> received(int exchange, Bytes payload, boolean packed)
      throws Violation {
    Optional<Exchange> found = inbound(exchange);
    if (found.isEmpty() || payload.isEmpty()) {
      return Optional.empty();
    }
    if (packed && !found.get().acceptsPacked()) {
      throw new Violation(CancelCode.MALFORMED, "nobody asked for packed on " + exchange);
    }
    if (!found.get().spend(payload.length())) {
      throw new Violation(CancelCode.LIMIT, "more bytes than credit on exchange " + exchange);
    }
    return Optional.of(new ExchangeEvent.Received(exchange, payload, packed));
  }

  private Optional<ExchangeEvent> ended(int exchange) throws Violation {
    Optional<Exchange> found = inbound(exchange);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    found.get().markInboundEnded();
    closeIfOver(exchange);
    return Optional.of(new ExchangeEvent.Ended(exchange));
  }

  private Optional<ExchangeEvent> cancelled(PeerFrame.Cancel cancel) throws Violation {
    if (cancel.exchange() == 0) {
      broken = true;
      return Optional.of(new ExchangeEvent.Broken(cancel.code(), cancel.reason()));
    }
    if (find(cancel.exchange()).isEmpty()) {
      return Optional.empty();
    }
    close(cancel.exchange());
    return Optional.of(
        new ExchangeEvent.Cancelled(cancel.exchange(), cancel.code(), cancel.reason()));
  }

  private Optional<ExchangeEvent> granted(PeerFrame.Credit credit) throws Violation {
    find(credit.exchange()).ifPresent(found -> found.granted(credit.bytes()));
    outgoing.resume(credit.exchange());
    return Optional.empty();
  }

  /** The open exchange that may carry a body of the other side now; empty where it is closed. */
  private Optional<Exchange> inbound(int exchange) throws Violation {
    Optional<Exchange> found = find(exchange);
    if (found.isPresent()
        && (found.get().inboundEnded() || (side.opens(exchange) && !found.get().responded()))) {
      throw new Violation(CancelCode.MALFORMED, "a body out of turn on exchange " + exchange);
    }
    return found;
  }

  /** Empty where it was closed (its frames crossed a cancel); a violation where it never was. */
  private Optional<Exchange> find(int exchange) throws Violation {
    boolean existed = side.opens(exchange) ? exchange < nextOwn : exchange <= lastTheirs;
    if (exchange == 0 || !existed) {
      throw new Violation(CancelCode.MALFORMED, "exchange " + exchange + " was never opened");
    }
    return Optional.ofNullable(open.get(exchange));
  }

  private boolean queue(PeerFrame frame) {
    Exchange found = open.get(frame.exchange());
    if (found == null || broken || found.lastFrameQueued()) {
      return false;
    }
    outgoing.queue(frame.exchange(), frame);
    return true;
  }

  private void closeIfOver(int exchange) {
    Exchange found = open.get(exchange);
    if (found != null && found.isOver()) {
      close(exchange);
    }
  }

  private void close(int exchange) {
    if (open.remove(exchange) != null && !side.opens(exchange)) {
      theirsOpen--;
    }
  }

  private ExchangeEvent fault(CancelCode code, String reason) {
    broken = true;
    outgoing.last(new PeerFrame.Cancel(0, code, cut(reason)));
    return new ExchangeEvent.Broken(code, reason);
  }

  private static boolean asksForPacked(List<HeaderField> headers) {
    return headers.stream().anyMatch(h -> h.name().equals("te") && h.value().contains("zstd"));
  }

  private static String cut(String reason) {
    return reason.length() <= Limits.REASON / 4 ? reason : reason.substring(0, Limits.REASON / 4);
  }
}
