package gyre.proxy.swarm;

import gyre.proxy.exchange.ExchangeEvent;
import gyre.proxy.exchange.Exchanges;
import gyre.wire.PeerId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What has arrived for each exchange with one peer. Guarded by the lock of its {@link PeerChannel},
 * which the caller holds.
 */
final class Inboxes {
  private final PeerId peer;
  private final Exchanges exchanges;
  private final ReentrantLock lock;
  private final Map<Integer, Inbox> byExchange = new HashMap<>();

  Inboxes(PeerId peer, Exchanges exchanges, ReentrantLock lock) {
    this.peer = peer;
    this.exchanges = exchanges;
    this.lock = lock;
  }

  /** Of an exchange whose answer is wanted. */
  Inbox open(int exchange) {
    return open(exchange, true);
  }

  /** Of an exchange that the other side opened: no body of it is kept, nor given more credit. */
  Inbox openServed(int exchange) {
    return open(exchange, false);
  }

  private Inbox open(int exchange, boolean takesBody) {
    Inbox inbox = new Inbox(exchange, takesBody, lock.newCondition());
    byExchange.put(exchange, inbox);
    return inbox;
  }

  /** Nothing more is wanted of this exchange. */
  void forget(int exchange) {
    byExchange.remove(exchange);
  }

  boolean isEmpty() {
    return byExchange.isEmpty();
  }

  void responded(ExchangeEvent.Responded event) {
    of(event.exchange()).ifPresent(inbox -> inbox.head(event.status(), event.headers()));
  }

  /** Bytes that nobody waits for any more are credited at once. */
  void received(ExchangeEvent.Received event) {
    of(event.exchange())
        .ifPresentOrElse(
            inbox -> inbox.add(new Piece(event.payload(), event.packed())),
            () -> exchanges.consumed(event.exchange(), event.payload().length()));
  }

  void ended(ExchangeEvent.Ended event) {
    of(event.exchange()).ifPresent(Inbox::end);
  }

  void cancelled(ExchangeEvent.Cancelled event) {
    String reason = peer + " cancelled (" + event.code() + "): " + event.reason();
    of(event.exchange()).ifPresent(inbox -> inbox.cancelled(event.code(), reason));
  }

  /** Every exchange under way has failed. */
  void fail(String reason) {
    byExchange.values().forEach(inbox -> inbox.fail(reason));
  }

  void clear() {
    byExchange.clear();
  }

  private Optional<Inbox> of(int exchange) {
    return Optional.ofNullable(byExchange.get(exchange));
  }
}
