package gyre.proxy.swarm;

import gyre.proxy.channel.Channel;
import gyre.proxy.exchange.Side;
import gyre.wire.Bytes;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.PeerSignal;
import gyre.wire.codec.PeerSignalCodec;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * How one connection comes about: descriptions and candidates of both sides, told through the
 * relay; PROTOCOL.md, section 4. What this side says of itself is always signed.
 */
final class Handshake {
  private final String site;
  private final Side side;
  private final Bytes connection;
  private final PeerId peer;
  private final Relay relay;
  private final Credentials credentials;
  private final CompletableFuture<Channel> channel = new CompletableFuture<>();
  private volatile Optional<PeerKind> proven = Optional.empty();

  /** Where one connection stands: the site, which side this is, the connection's 8 bytes, who. */
  record Place(String site, Side side, Bytes connection, PeerId peer) {}

  Handshake(Place place, Relay relay, Credentials credentials) {
    this.site = place.site();
    this.side = place.side();
    this.connection = place.connection();
    this.peer = place.peer();
    this.relay = relay;
    this.credentials = credentials;
  }

  Side side() {
    return side;
  }

  Bytes connection() {
    return connection;
  }

  /** The other side's signed description, or the lack of a signature, made it this. */
  void proved(PeerKind kind) {
    proven = Optional.of(kind);
  }

  boolean isWith(PeerKind kind) {
    return proven.map(kind::equals).orElse(false);
  }

  void begin(Channel opened) {
    channel.complete(opened);
  }

  /** This side's description is ready. */
  void described(String sdp) {
    Optional<PeerId> self = relay.self();
    if (self.isEmpty()) {
      return;
    }
    Bytes token = credentials.token(site).encoded();
    int kind = side == Side.OFFERER ? PeerSignalCodec.OFFER : PeerSignalCodec.ANSWER;
    Bytes signature =
        credentials.sign(PeerSignalCodec.signedBytes(kind, connection, self.get(), peer, sdp));
    relay.relay(
        peer,
        side == Side.OFFERER
            ? new PeerSignal.Offer(connection, sdp, token, signature)
            : new PeerSignal.Answer(connection, sdp, token, signature));
  }

  /** A candidate of this side. */
  void candidate(String candidate, String mid, int line) {
    relay.relay(peer, new PeerSignal.Candidate(connection, candidate, mid, line));
  }

  /** The other side's description, once it is believed. */
  void remote(String sdp) {
    var _ = channel.thenAccept(open -> open.describe(sdp));
  }

  void remoteCandidate(PeerSignal.Candidate candidate) {
    var _ =
        channel.thenAccept(
            open -> open.candidate(candidate.candidate(), candidate.mid(), candidate.line()));
  }

  /** What the sender of an offer or an answer proves to be: a visitor where it says nothing. */
  static Optional<PeerKind> kindOf(
      String site, PeerSignal.Offer offer, PeerId from, PeerId to, Credentials credentials) {
    byte[] signed =
        PeerSignalCodec.signedBytes(
            PeerSignalCodec.OFFER, offer.connection(), from, to, offer.sdp());
    return kind(site, offer.token(), offer.signature(), signed, credentials);
  }

  /** As above, for an answer. */
  static Optional<PeerKind> kindOf(
      String site, PeerSignal.Answer answer, PeerId from, PeerId to, Credentials credentials) {
    byte[] signed =
        PeerSignalCodec.signedBytes(
            PeerSignalCodec.ANSWER, answer.connection(), from, to, answer.sdp());
    return kind(site, answer.token(), answer.signature(), signed, credentials);
  }

  private static Optional<PeerKind> kind(
      String site, Bytes token, Bytes signature, byte[] signed, Credentials credentials) {
    if (token.isEmpty() && signature.isEmpty()) {
      return Optional.of(PeerKind.VISITOR);
    }
    return credentials.kindOf(site, token, signed, signature);
  }
}
