package gyre.proxy.swarm;

import gyre.proxy.channel.Channel;
import gyre.proxy.channel.Channels;
import gyre.proxy.exchange.Side;
import gyre.wire.Bytes;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.PeerSignal;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.PeerSignalCodec;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peers of one site that this proxy is connected to, or is about to be. Any thread; nothing
 * blocks.
 *
 * <p>It offers to whom it needs, and accepts offers of other proxies only: visitors do not ask a
 * proxy for anything, they have HTTP.
 */
final class Peers {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final int MOST = 256;
  private static final Duration SET_UP = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final String site;
  private final Credentials credentials;
  private final Channels channels;
  private final Relay relay;
  private final PeerChannel.Service service;
  private final SecureRandom random = new SecureRandom();
  private final Map<PeerId, Entry> entries = new HashMap<>();

  /** A connection and what its other end must prove to be; empty: whatever it is. */
  private record Entry(PeerChannel channel, Optional<PeerKind> expected, long since) {}

  Peers(
      String site,
      Credentials credentials,
      Channels channels,
      Relay relay,
      PeerChannel.Service service) {
    this.site = site;
    this.credentials = credentials;
    this.channels = channels;
    this.relay = relay;
    this.service = service;
  }

  /** The open connection to this peer, where there is one that takes exchanges. */
  synchronized Optional<PeerChannel> open(PeerId peer) {
    return Optional.ofNullable(entries.get(peer)).map(Entry::channel).filter(PeerChannel::isUsable);
  }

  /**
   * The open connection to this peer, where the peer has proved to be of this kind. That somebody
   * names a peer as a worker makes it none: it may be connected for other reasons.
   */
  Optional<PeerChannel> open(PeerId peer, PeerKind kind) {
    return open(peer).filter(channel -> channel.handshake().isWith(kind));
  }

  /**
   * The connection to this peer, begun where there is none, whatever the peer is then expected to
   * be; fails with a PeerException.
   */
  synchronized CompletableFuture<PeerChannel> connect(PeerId peer, Optional<PeerKind> expected) {
    Entry entry = entries.get(peer);
    if (entry != null && !entry.channel().whenClosed().isDone() && !entry.channel().isRetiring()) {
      return entry.channel().whenOpen();
    }
    if (entries.size() >= MOST) {
      return CompletableFuture.failedFuture(
          new PeerException("no connection to " + peer + ": " + MOST + " are open"));
    }
    byte[] connection = new byte[8];
    random.nextBytes(connection);
    return begin(peer, Side.OFFERER, Bytes.owning(connection), expected).whenOpen();
  }

  /** A signal of another peer, as the relay brought it. */
  void relayed(PeerId from, Bytes payload) {
    try {
      switch (PeerSignalCodec.decode(payload.buffer())) {
        case PeerSignal.Offer offer -> offered(from, offer);
        case PeerSignal.Answer answer -> answered(from, answer);
        case PeerSignal.Candidate candidate ->
            entry(from, candidate.connection())
                .ifPresent(e -> e.channel().handshake().remoteCandidate(candidate));
        case PeerSignal.Bye bye ->
            entry(from, bye.connection())
                .filter(e -> !e.channel().whenOpen().isDone())
                .ifPresent(e -> e.channel().close());
      }
    } catch (DecodeException e) {
      LOG.debug("{}: {} sent a signal that is none: {}", site, from, e.getMessage());
    }
  }

  /** Closes what nobody used for a while, but for those that are to be kept warm. */
  void sweep(Set<PeerId> keep) {
    List<PeerChannel> idle = new ArrayList<>();
    synchronized (this) {
      for (Entry entry : entries.values()) {
        PeerChannel channel = entry.channel();
        boolean late =
            !channel.whenOpen().isDone() && System.nanoTime() - entry.since() > SET_UP.toNanos();
        boolean unused =
            channel.whenOpen().isDone()
                && channel.idleNanos() > IDLE.toNanos()
                && !keep.contains(channel.peer());
        if (late || unused) {
          idle.add(channel);
        }
      }
    }
    idle.forEach(PeerChannel::close);
  }

  synchronized int size() {
    return entries.size();
  }

  void closeAll() {
    List<PeerChannel> all;
    synchronized (this) {
      all = entries.values().stream().map(Entry::channel).toList();
    }
    all.forEach(PeerChannel::close);
  }

  private void offered(PeerId from, PeerSignal.Offer offer) {
    Optional<PeerId> self = relay.self();
    if (self.isEmpty()) {
      return;
    }
    Optional<PeerKind> kind = Handshake.kindOf(site, offer, from, self.get(), credentials);
    if (kind.isEmpty() || kind.get() != PeerKind.PROXY) {
      relay.relay(from, new PeerSignal.Bye(offer.connection(), "a proxy answers proxies only"));
      return;
    }
    accept(from, self.get(), offer);
  }

  private synchronized void accept(PeerId from, PeerId self, PeerSignal.Offer offer) {
    Optional<Entry> before = Optional.ofNullable(entries.get(from));
    boolean crossed = before.isPresent() && isOffering(before.get());
    if (crossed && self.compareTo(from) < 0) {
      return; // this side's own offer stands
    }
    if (before.isEmpty() && entries.size() >= MOST) {
      relay.relay(from, new PeerSignal.Bye(offer.connection(), "too many connections"));
      return;
    }
    PeerChannel accepted =
        begin(from, Side.ANSWERER, offer.connection(), Optional.of(PeerKind.PROXY));
    accepted.handshake().proved(PeerKind.PROXY);
    accepted.handshake().remote(offer.sdp());
    before.ifPresent(entry -> entry.channel().replacedBy(accepted));
  }

  private static boolean isOffering(Entry entry) {
    return entry.channel().handshake().side() == Side.OFFERER
        && !entry.channel().whenOpen().isDone();
  }

  private void answered(PeerId from, PeerSignal.Answer answer) {
    Optional<Entry> entry =
        entry(from, answer.connection())
            .filter(e -> e.channel().handshake().side() == Side.OFFERER);
    Optional<PeerId> self = relay.self();
    if (entry.isEmpty() || self.isEmpty()) {
      return;
    }
    Optional<PeerKind> kind = Handshake.kindOf(site, answer, from, self.get(), credentials);
    if (kind.isEmpty() || !entry.get().expected().map(kind.get()::equals).orElse(true)) {
      LOG.warn("{}: {} did not prove to be what it was asked as; not connected", site, from);
      entry.get().channel().close();
      return;
    }
    entry.get().channel().handshake().proved(kind.get());
    entry.get().channel().handshake().remote(answer.sdp());
  }

  private synchronized Optional<Entry> entry(PeerId peer, Bytes connection) {
    return Optional.ofNullable(entries.get(peer))
        .filter(entry -> entry.channel().handshake().connection().equals(connection));
  }

  /** Only within the monitor. */
  private PeerChannel begin(PeerId peer, Side side, Bytes connection, Optional<PeerKind> expected) {
    Handshake handshake =
        new Handshake(new Handshake.Place(site, side, connection, peer), relay, credentials);
    PeerChannel channel = new PeerChannel(peer, side, handshake, service);
    Entry entry = new Entry(channel, expected, System.nanoTime());
    entries.put(peer, entry);
    var _ = channel.whenClosed().thenRun(() -> forget(peer, entry));
    Optional<Channel> opened = channels.open(side == Side.OFFERER, channel);
    if (opened.isPresent()) {
      channel.use(opened.get());
    } else {
      channel.closed("the channel child is away");
    }
    return channel;
  }

  private synchronized void forget(PeerId peer, Entry entry) {
    entries.remove(peer, entry);
  }
}
