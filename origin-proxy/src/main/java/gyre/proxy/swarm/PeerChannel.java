package gyre.proxy.swarm;

import gyre.proxy.channel.Channel;
import gyre.proxy.channel.ChannelListener;
import gyre.proxy.exchange.ExchangeEvent;
import gyre.proxy.exchange.Exchanges;
import gyre.proxy.exchange.Side;
import gyre.wire.CancelCode;
import gyre.wire.HeaderField;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The exchanges with one peer over one channel, for many virtual threads at once.
 *
 * <p>One lock guards the state machine; nothing blocks while it is held, sending only enqueues. The
 * channel's reader thread brings events in; callers wait on the condition of their exchange.
 */
final class PeerChannel implements ChannelListener {

  /** What this side answers to requests of the other one, each on a virtual thread of its own. */
  @FunctionalInterface
  interface Service {
    void serve(ServedExchange exchange, ExchangeEvent.Requested request)
        throws PeerException, InterruptedException;
  }

  private static final String REPLACED = "replaced by the other side's offer";

  private final PeerId peer;
  private final Exchanges exchanges;
  private final Service service;
  private final Handshake handshake;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Inboxes inboxes;
  private final CompletableFuture<PeerChannel> opened = new CompletableFuture<>();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private Optional<Channel> channel = Optional.empty();
  private Optional<ByteBuffer> held = Optional.empty();
  private volatile boolean retiring;
  private long lastUsed = System.nanoTime();

  PeerChannel(PeerId peer, Side side, Handshake handshake, Service service) {
    this.peer = peer;
    this.exchanges = new Exchanges(side);
    this.inboxes = new Inboxes(peer, exchanges, lock);
    this.handshake = handshake;
    this.service = service;
  }

  /** Gives it the channel that it listens to; called once, right after that was opened. */
  void use(Channel given) {
    lock.lock();
    try {
      channel = Optional.of(given);
    } finally {
      lock.unlock();
    }
    handshake.begin(given);
  }

  PeerId peer() {
    return peer;
  }

  Handshake handshake() {
    return handshake;
  }

  /** Completes when the channel opens; exceptionally (PeerException) where it never will. */
  CompletableFuture<PeerChannel> whenOpen() {
    return opened;
  }

  /** Completes with the reason when the channel has closed. */
  CompletableFuture<String> whenClosed() {
    return closed;
  }

  boolean isRetiring() {
    return retiring;
  }

  boolean isUsable() {
    return opened.isDone() && !closed.isDone() && !retiring;
  }

  /** Whoever waits for this one to open gets the other one: two offers crossed. */
  void replacedBy(PeerChannel other) {
    var _ =
        other
            .whenOpen()
            .whenComplete(
                (found, failure) -> {
                  if (failure == null) {
                    opened.complete(found);
                  } else {
                    opened.completeExceptionally(failure);
                  }
                });
    closed.complete(REPLACED);
    closeChannel();
  }

  /** Nanoseconds since anything was begun or received on it, while nothing is under way. */
  long idleNanos() {
    lock.lock();
    try {
      return inboxes.isEmpty() ? System.nanoTime() - lastUsed : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Exchanges of this side that are under way. */
  int outstanding() {
    lock.lock();
    try {
      return exchanges.outstanding();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Opens an exchange; empty where the channel takes none: nothing was handed over then. With
   * {@code complete} the request has no body.
   */
  Optional<Call> call(String method, String target, List<HeaderField> headers, boolean complete) {
    lock.lock();
    try {
      if (!isUsable() || !exchanges.canOpen()) {
        return Optional.empty();
      }
      lastUsed = System.nanoTime();
      int exchange = exchanges.request(method, target, headers);
      if (complete) {
        exchanges.end(exchange);
      }
      Inbox inbox = inboxes.open(exchange);
      flush();
      return Optional.of(new Call(this, inbox));
    } finally {
      lock.unlock();
    }
  }

  ReentrantLock lock() {
    return lock;
  }

  /** Signalled when something was sent or the channel closed. Belongs to {@link #lock}. */
  Condition room() {
    return room;
  }

  /** The state machine; only for holders of {@link #lock}. */
  Exchanges exchanges() {
    return exchanges;
  }

  /**
   * Only for holders of the lock: sends what may be sent now. While a message is on its way frames
   * are gathered, so that many small exchanges share one.
   */
  void flush() {
    if (channel.isEmpty()) {
      return;
    }
    while (held.isPresent() || !channel.get().isBusy()) {
      held = held.isPresent() ? held : exchanges.nextMessage();
      if (held.isEmpty() || !channel.get().send(held.get())) {
        break;
      }
      held = Optional.empty();
    }
    room.signalAll();
  }

  /** Only for holders of the lock: nothing more is wanted of this exchange. */
  void forget(int exchange) {
    inboxes.forget(exchange);
    closeIfRetired();
  }

  @Override
  public void described(String sdp) {
    handshake.described(sdp);
  }

  @Override
  public void candidate(String candidate, String mid, int line) {
    handshake.candidate(candidate, mid, line);
  }

  @Override
  public void opened() {
    opened.complete(this);
    writable();
  }

  @Override
  public void writable() {
    lock.lock();
    try {
      flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void received(ByteBuffer message) {
    lock.lock();
    try {
      lastUsed = System.nanoTime();
      exchanges.receive(message).forEach(this::apply);
      flush();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void retiring() {
    lock.lock();
    try {
      retiring = true;
      closeIfRetired();
    } finally {
      lock.unlock();
    }
  }

  private void closeIfRetired() {
    if (retiring && inboxes.isEmpty()) {
      channel.ifPresent(Channel::close);
    }
  }

  @Override
  public void closed(String reason) {
    closed.complete(reason);
    lock.lock();
    try {
      inboxes.fail("the channel to " + peer + " closed: " + reason);
      inboxes.clear();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    if (!closed.join().equals(REPLACED)) {
      opened.completeExceptionally(new PeerException(peer + " was not reached: " + reason));
    }
  }

  void close() {
    closeChannel();
    closed("closed here");
  }

  private void closeChannel() {
    Optional<Channel> open;
    lock.lock();
    try {
      open = channel;
    } finally {
      lock.unlock();
    }
    open.ifPresent(Channel::close);
  }

  private void apply(ExchangeEvent event) {
    switch (event) {
      case ExchangeEvent.Requested requested -> serve(requested);
      case ExchangeEvent.Responded responded -> inboxes.responded(responded);
      case ExchangeEvent.Received received -> inboxes.received(received);
      case ExchangeEvent.Ended ended -> inboxes.ended(ended);
      case ExchangeEvent.Cancelled cancelled -> inboxes.cancelled(cancelled);
      case ExchangeEvent.Broken broken -> {
        flush();
        inboxes.fail(peer + ": protocol broken (" + broken.code() + "): " + broken.reason());
        channel.ifPresent(Channel::close);
      }
    }
  }

  /** Of proxies only; nobody else is answered, whoever opened the channel. */
  private void serve(ExchangeEvent.Requested request) {
    if (handshake.isWith(PeerKind.PROXY)) {
      new ServedExchange(this, inboxes.openServed(request.exchange())).serve(service, request);
    } else {
      exchanges.cancel(request.exchange(), CancelCode.NOT_WANTED, "proxies only are answered");
    }
  }
}
