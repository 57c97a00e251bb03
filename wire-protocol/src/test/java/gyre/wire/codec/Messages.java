package gyre.wire.codec;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.CancelCode;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import gyre.wire.PeerFrame;
import gyre.wire.PeerId;
import gyre.wire.PeerReport;
import gyre.wire.PeerSignal;
import gyre.wire.Providers;
import gyre.wire.RefusalCode;
import gyre.wire.Runners;
import gyre.wire.ServerMessage;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any message, for property tests. */
final class Messages {
  private Messages() {}

  static Arbitrary<Bytes> bytes(int atMost) {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(atMost).map(Bytes::owning);
  }

  static Arbitrary<Bytes> exactly(int length) {
    return Arbitraries.bytes().array(byte[].class).ofSize(length).map(Bytes::owning);
  }

  static Arbitrary<Long> uints() {
    return Arbitraries.longs().between(0, Limits.UINT);
  }

  /** Text without lone surrogates. */
  static Arbitrary<String> text(int chars) {
    return Arbitraries.strings()
        .withChars("aé漢\n\0")
        .ascii()
        .ofMaxLength(chars)
        .map(text -> text.length() % 3 == 0 ? text + "𝔤" : text);
  }

  static Arbitrary<Digest> digests() {
    return exactly(32).map(Digest::new);
  }

  static Arbitrary<PeerId> peers() {
    return Combinators.combine(
            Arbitraries.strings().withCharRange('a', 'z').numeric().ofMinLength(1).ofMaxLength(16),
            Arbitraries.strings().alpha().numeric().withChars("-_").ofLength(22))
        .as((node, random) -> new PeerId(node + "-" + random));
  }

  static Arbitrary<AppId> apps() {
    return Combinators.combine(
            Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .withChars('-')
                .ofMinLength(1)
                .ofMaxLength(63),
            digests())
        .as(AppId::new);
  }

  static Arbitrary<ClientMessage> clientMessages() {
    return Arbitraries.oneOf(
        Combinators.combine(
                Arbitraries.integers().greaterOrEqual(0),
                bytes(Limits.TOKEN),
                Arbitraries.oneOf(exactly(16), Arbitraries.just(Bytes.EMPTY)),
                text(100),
                Arbitraries.integers().greaterOrEqual(0))
            .as(ClientMessage.Hello::new),
        exactly(64).map(ClientMessage.Prove::new),
        text(500).map(ClientMessage.Page::new),
        Combinators.combine(
                digests().list().ofMaxSize(40),
                digests().list().ofMaxSize(40),
                apps().list().ofMaxSize(20),
                apps().list().ofMaxSize(20))
            .as(ClientMessage.Announce::new),
        Combinators.combine(
                uints(),
                text(50).list().ofMaxSize(20),
                digests().list().ofMaxSize(20),
                apps().list().ofMaxSize(20))
            .as(ClientMessage.Locate::new),
        Combinators.combine(bytes(500).list().ofMaxSize(20), pages().list().ofMaxSize(16))
            .as(ClientMessage.Publish::new),
        Combinators.combine(uints(), text(50).list().ofMaxSize(20)).as(ClientMessage.Withdraw::new),
        Combinators.combine(peers(), bytes(Limits.RELAY_PAYLOAD)).as(ClientMessage.Relay::new),
        reports().list().ofMaxSize(64).map(ClientMessage.Report::new),
        uints().map(ClientMessage.Ping::new));
  }

  static Arbitrary<ServerMessage> serverMessages() {
    Arbitrary<List<Bytes>> manifests = bytes(500).list().ofMaxSize(20);
    Arbitrary<List<Providers>> providers =
        Combinators.combine(digests(), peers().list().ofMaxSize(16))
            .as(Providers::new)
            .list()
            .ofMaxSize(20);
    Arbitrary<List<Runners>> runners =
        Combinators.combine(apps(), peers().list().ofMaxSize(16))
            .as(Runners::new)
            .list()
            .ofMaxSize(20);
    return Arbitraries.oneOf(
        Combinators.combine(
                peers(),
                uints(),
                exactly(16),
                Arbitraries.of(true, false),
                manifests,
                providers,
                peers().list().ofMaxSize(16))
            .as(ServerMessage.Welcome::new),
        exactly(32).map(ServerMessage.Challenge::new),
        Combinators.combine(uints(), manifests, providers, runners).as(ServerMessage.Located::new),
        Combinators.combine(peers(), bytes(Limits.RELAY_PAYLOAD)).as(ServerMessage.Relayed::new),
        Combinators.combine(manifests, providers).as(ServerMessage.Hint::new),
        Combinators.combine(Arbitraries.of(RefusalCode.class), text(60))
            .as(ServerMessage.Refused::new),
        uints().map(ServerMessage.GoAway::new),
        uints().map(ServerMessage.Pong::new));
  }

  static Arbitrary<PeerSignal> signals() {
    Arbitrary<Bytes> connections = exactly(8);
    Arbitrary<Bytes> signatures = Arbitraries.oneOf(exactly(64), Arbitraries.just(Bytes.EMPTY));
    return Arbitraries.oneOf(
        Combinators.combine(connections, text(2_000), bytes(Limits.TOKEN), signatures)
            .as(PeerSignal.Offer::new),
        Combinators.combine(connections, text(2_000), bytes(Limits.TOKEN), signatures)
            .as(PeerSignal.Answer::new),
        Combinators.combine(
                connections, text(200), text(60), Arbitraries.integers().between(0, 65_535))
            .as(PeerSignal.Candidate::new),
        Combinators.combine(connections, text(60)).as(PeerSignal.Bye::new));
  }

  static Arbitrary<PeerFrame> frames() {
    Arbitrary<Integer> exchanges = Arbitraries.integers().greaterOrEqual(0);
    return Arbitraries.oneOf(
        Combinators.combine(
                exchanges,
                Arbitraries.of("GET", "POST", "M-SEARCH"),
                visible().ofMinLength(1).ofMaxLength(200),
                headers())
            .as(PeerFrame.Request::new),
        Combinators.combine(exchanges, Arbitraries.integers().between(200, 599), headers())
            .as(PeerFrame.Response::new),
        Combinators.combine(exchanges, bytes(5_000)).as(PeerFrame.Data::new),
        Combinators.combine(exchanges, bytes(5_000)).as(PeerFrame.Packed::new),
        exchanges.map(PeerFrame.End::new),
        Combinators.combine(exchanges, Arbitraries.of(CancelCode.class), text(60))
            .as(PeerFrame.Cancel::new),
        Combinators.combine(exchanges, uints()).as(PeerFrame.Credit::new));
  }

  private static net.jqwik.api.arbitraries.StringArbitrary visible() {
    return Arbitraries.strings().withCharRange('!', '~');
  }

  private static Arbitrary<List<HeaderField>> headers() {
    return Combinators.combine(
            Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars('-')
                .ofMinLength(1)
                .ofMaxLength(40),
            visible().withChars("\té漢").ofMaxLength(100))
        .as(HeaderField::new)
        .list()
        .ofMaxSize(20);
  }

  private static Arbitrary<PageResources> pages() {
    return Combinators.combine(text(50), text(50).list().ofMaxSize(8)).as(PageResources::new);
  }

  private static Arbitrary<PeerReport> reports() {
    return Combinators.combine(peers(), uints(), uints(), uints(), uints()).as(PeerReport::new);
  }
}
