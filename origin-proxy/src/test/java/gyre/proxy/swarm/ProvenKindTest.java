package gyre.proxy.swarm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TrustConfig;
import gyre.operations.identity.TrustedKeys;
import gyre.proxy.channel.Channel;
import gyre.proxy.channel.ChannelListener;
import gyre.proxy.exchange.ExchangeEvent;
import gyre.proxy.exchange.Exchanges;
import gyre.proxy.exchange.Side;
import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.PeerId;
import gyre.wire.PeerKind;
import gyre.wire.PeerSignal;
import gyre.wire.codec.PeerSignalCodec;
import gyre.wire.key.SigningKey;
import gyre.wire.token.Token;
import gyre.wire.token.TokenIssuer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a peer is taken for follows from its signature, and from nothing that is said of it. */
final class ProvenKindTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final PeerId SELF = new PeerId("n1-AAAAAAAAAAAAAAAAAAAAAA");
  private static final PeerId OTHER = new PeerId("n1-BBBBBBBBBBBBBBBBBBBBBB");
  private static final String SDP = "v=0";

  private final SigningKey workerNode = SigningKey.generate();
  private final SigningKey tab = SigningKey.generate();
  private final List<PeerSignal> sent = new ArrayList<>();
  private final List<ChannelListener> listeners = new ArrayList<>();
  private final List<ByteBuffer> messages = new ArrayList<>();
  private final AtomicInteger served = new AtomicInteger();
  private final Peers peers =
      new Peers(
          "example",
          new Credentials(
              SigningKey.generate(),
              new TrustedKeys(
                  Path.of("no-such-folder"),
                  new TrustConfig(List.of(), List.of(workerNode.verifyingKey().toString()))),
              InstantSource.fixed(NOW)),
          this::open,
          new Recorder(),
          (exchange, request) -> served.incrementAndGet());

  /** Keeps what this side says. */
  private final class Recorder implements Relay {
    @Override
    public Optional<PeerId> self() {
      return Optional.of(SELF);
    }

    @Override
    public void relay(PeerId to, PeerSignal signal) {
      sent.add(signal);
    }
  }

  @Test
  void aWorkerThatSignsItsAnswerIsOne() {
    PeerSignal.Offer offer = offerTo(Optional.of(PeerKind.WORKER));
    peers.relayed(OTHER, answer(offer, workerToken(), signature(offer)));
    listeners.getFirst().opened();
    assertTrue(peers.open(OTHER, PeerKind.WORKER).isPresent());
  }

  @Test
  void aVisitorThatIsConnectedIsNoWorkerThoughTheServerNamesItAsOne() {
    PeerSignal.Offer offer = offerTo(Optional.empty());
    peers.relayed(OTHER, answer(offer, Bytes.EMPTY, Bytes.EMPTY));
    listeners.getFirst().opened();
    var _ = peers.connect(OTHER, Optional.of(PeerKind.WORKER));
    assertTrue(peers.open(OTHER).isPresent());
    assertFalse(peers.open(OTHER, PeerKind.WORKER).isPresent());
  }

  @Test
  void anAnswerWithoutASignatureIsNotTakenFromAWorker() {
    PeerSignal.Offer offer = offerTo(Optional.of(PeerKind.WORKER));
    peers.relayed(OTHER, answer(offer, Bytes.EMPTY, Bytes.EMPTY));
    assertEquals(0, peers.size());
  }

  @Test
  void aSignatureOverAnotherDescriptionIsRefused() {
    PeerSignal.Offer offer = offerTo(Optional.of(PeerKind.WORKER));
    byte[] other =
        PeerSignalCodec.signedBytes(
            PeerSignalCodec.ANSWER,
            offer.connection(),
            OTHER,
            SELF,
            "v=0 with another fingerprint");
    peers.relayed(OTHER, answer(offer, workerToken(), tab.sign(other)));
    assertEquals(0, peers.size());
  }

  @Test
  void aVisitorToWhomThisProxyIsConnectedIsLentNothing() {
    PeerSignal.Offer offer = offerTo(Optional.empty());
    peers.relayed(OTHER, answer(offer, Bytes.EMPTY, Bytes.EMPTY));
    listeners.getFirst().opened();
    Exchanges visitor = new Exchanges(Side.ANSWERER);
    int exchange = visitor.request("GET", "/.gyre/c/" + "A".repeat(43), List.of());
    listeners.getFirst().received(visitor.nextMessage().orElseThrow());
    assertEquals(0, served.get());
    assertEquals(
        List.of(
            new ExchangeEvent.Cancelled(
                exchange, CancelCode.NOT_WANTED, "proxies only are answered")),
        visitor.receive(messages.getFirst()));
  }

  private PeerSignal.Offer offerTo(Optional<PeerKind> expected) {
    var _ = peers.connect(OTHER, expected);
    listeners.getFirst().described(SDP);
    return (PeerSignal.Offer) sent.getFirst();
  }

  private static Bytes answer(PeerSignal.Offer offer, Bytes token, Bytes signature) {
    return Bytes.owning(
        PeerSignalCodec.encode(new PeerSignal.Answer(offer.connection(), SDP, token, signature)));
  }

  private Bytes signature(PeerSignal.Offer offer) {
    return tab.sign(
        PeerSignalCodec.signedBytes(PeerSignalCodec.ANSWER, offer.connection(), OTHER, SELF, SDP));
  }

  private Bytes workerToken() {
    return new TokenIssuer(workerNode)
        .issue(
            new Token(
                "example",
                PeerKind.WORKER,
                NOW.plusSeconds(60),
                Bytes.owning(new byte[16]),
                tab.verifyingKey().raw(),
                workerNode.verifyingKey().id()))
        .encoded();
  }

  private Optional<Channel> open(boolean offers, ChannelListener listener) {
    listeners.add(listener);
    return Optional.of(
        new Channel() {
          @Override
          public void describe(String sdp) {}

          @Override
          public void candidate(String candidate, String mid, int line) {}

          @Override
          public boolean send(ByteBuffer message) {
            messages.add(message);
            return true;
          }

          @Override
          public boolean isBusy() {
            return false;
          }

          @Override
          public void close() {}
        });
  }
}
