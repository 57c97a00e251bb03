package gyre.signalling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.address.AddressRanges;
import gyre.operations.start.StartFailure;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Limits;
import gyre.wire.PeerId;
import gyre.wire.RefusalCode;
import gyre.wire.ServerMessage;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.key.SigningKey;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Strangers who break the rules, on raw sockets: they are cut off and harm nobody else. */
final class HostileConnectionTest {
  private static final Duration SOON = Duration.ofMillis(300);
  private static final Duration LATE = Duration.ofMinutes(1);

  private final ServerFixture fixture = new ServerFixture();
  private final List<RawPeer> peers = new ArrayList<>();
  private SignallingServer server;

  @BeforeEach
  void begin() {
    server = fixture.start();
  }

  @AfterEach
  void endedWithoutHarmToOthers() throws IOException {
    for (RawPeer peer : peers) {
      peer.close();
    }
    ServerFixture.await("an honest visitor is served", this::canEnter);
    server.close();
  }

  private void restart() {
    server.close();
    server = fixture.start();
  }

  private RawPeer keep(RawPeer peer) {
    peers.add(peer);
    return peer;
  }

  private RawPeer dial() throws IOException {
    return keep(RawPeer.dial(server.address(), 0));
  }

  private RawPeer entered() throws IOException {
    RawPeer peer = keep(RawPeer.open(server.address()));
    peer.enter(Keys.visitor("a"));
    return peer;
  }

  @Test
  void anOversizedFrameEndsTheConnectionBeforeItIsRead() throws IOException {
    RawPeer peer = entered();
    byte[] head = {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0};
    peer.raw(new String(head, StandardCharsets.ISO_8859_1));
    assertEquals(1009, peer.awaitEnd());
  }

  @Test
  void aFrameOneByteOverTheLimitEndsTheConnection() throws IOException {
    RawPeer peer = entered();
    peer.frame(RawPeer.BINARY, true, new byte[Limits.SIGNALLING_FRAME + 1]);
    assertEquals(1009, peer.awaitEnd());
  }

  @Test
  void fragmentsWithoutAnEndDoNotGrowForEver() throws IOException {
    RawPeer peer = entered();
    peer.frame(RawPeer.BINARY, false, new byte[40_000]);
    peer.frame(RawPeer.CONTINUATION, false, new byte[40_000]);
    assertEquals(1009, peer.awaitEnd());
    RawPeer other = entered();
    other.frame(RawPeer.BINARY, false, new byte[1]);
    for (int i = 0; i < 64; i++) {
      other.frame(RawPeer.CONTINUATION, false, new byte[0]);
    }
    assertEquals(1009, other.awaitEnd());
  }

  @Test
  void aMessageInFragmentsIsUnderstood() throws IOException {
    RawPeer peer = entered();
    byte[] ping = ClientMessageCodec.encode(new ClientMessage.Ping(42));
    peer.frame(RawPeer.BINARY, false, Arrays.copyOf(ping, 1));
    peer.frame(RawPeer.CONTINUATION, true, Arrays.copyOfRange(ping, 1, ping.length));
    assertEquals(42, peer.hear(ServerMessage.Pong.class).nonce());
  }

  @Test
  void aTextFrameIsRefused() throws IOException {
    RawPeer peer = entered();
    peer.frame(RawPeer.TEXT, true, "[10,1]".getBytes(StandardCharsets.UTF_8));
    assertEquals(RefusalCode.MALFORMED, peer.hear(ServerMessage.Refused.class).code());
    assertEquals(1008, peer.awaitEnd());
  }

  @Test
  void aFrameThatIsNoMessageIsRefusedWithTheReason() throws IOException {
    RawPeer peer = entered();
    peer.frame(RawPeer.BINARY, true, new byte[] {(byte) 0x92, 10, (byte) 0xc0});
    ServerMessage.Refused refused = peer.hear(ServerMessage.Refused.class);
    assertEquals(RefusalCode.MALFORMED, refused.code());
    assertTrue(!refused.reason().isEmpty());
    assertEquals(1008, peer.awaitEnd());
  }

  @Test
  void anUnknownTagIsIgnored() throws IOException {
    RawPeer peer = entered();
    peer.frame(RawPeer.BINARY, true, new byte[] {(byte) 0x92, 60, 1});
    peer.settles();
  }

  @Test
  void whoeverSaysNothingIsCutOffByTheHandshakeDeadline() throws IOException {
    fixture.deadlines = new Deadlines(SOON, LATE, LATE, SOON);
    restart();
    assertEquals(0, dial().awaitEnd());
    RawPeer trickling = dial();
    trickling.raw("GET / HTTP/1.1\r\nHost: ");
    assertEquals(0, trickling.awaitEnd());
    assertEquals(2, fixture.cut("no-handshake"));
  }

  @Test
  void whoeverSaysNoHelloIsSentAwayByTheWelcomeDeadline() throws IOException {
    fixture.deadlines = new Deadlines(LATE, SOON, LATE, SOON);
    restart();
    RawPeer peer = keep(RawPeer.open(server.address()));
    assertEquals(RefusalCode.MALFORMED, peer.hear(ServerMessage.Refused.class).code());
    assertEquals(1008, peer.awaitEnd());
  }

  @Test
  void whoeverFallsSilentIsSentAway() throws IOException {
    fixture.deadlines = new Deadlines(LATE, LATE, SOON, SOON);
    restart();
    assertEquals(1008, entered().awaitEnd());
  }

  @Test
  void aHeaderWithoutAnEndIsCutOff() throws IOException {
    RawPeer peer = dial();
    peer.raw("GET / HTTP/1.1\r\nX: ");
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < 1_000; i++) {
            peer.raw("x".repeat(4_096));
          }
          throw new EOFException("the server read four megabytes of header");
        });
    ServerFixture.await("it was cut off", () -> fixture.cut("header-too-long") == 1);
  }

  @Test
  void aSlowReaderIsCutOffAndDoesNotDelayItsSender() throws IOException {
    RawPeer slow = keep(RawPeer.dial(server.address(), 4_096));
    slow.upgrade("");
    PeerId receiver = slow.enter(Keys.visitor("a")).peer();
    SigningKey key = SigningKey.generate();
    RawPeer sender = keep(RawPeer.open(server.address()));
    sender.enter(Keys.proxy("a", key), key);
    byte[] payload = new byte[Limits.RELAY_PAYLOAD];
    for (int i = 0; i < 1_000 && fixture.cut("slow-reader") == 0; i++) {
      sender.say(new ClientMessage.Relay(receiver, Bytes.owning(payload)));
    }
    ServerFixture.await("it was cut off", () -> fixture.cut("slow-reader") == 1);
    sender.say(new ClientMessage.Ping(7));
    assertTrue(hearsPong(sender));
  }

  private static boolean hearsPong(RawPeer peer) throws IOException {
    for (int i = 0; i < 1_001; i++) {
      if (peer.next().payload().at(1) == 72) {
        return true;
      }
    }
    return false;
  }

  @Test
  void pingsOfAClientThatDoesNotReadTheAnswersDoNotPileUp() throws IOException {
    RawPeer peer = keep(RawPeer.dial(server.address(), 4_096));
    peer.upgrade("");
    peer.enter(Keys.visitor("a"));
    assertThrows(
        SocketException.class,
        () -> {
          for (int i = 0; i < 200_000; i++) {
            peer.frame(RawPeer.PING, true, new byte[125]);
          }
        });
  }

  @Test
  void aPingOfTheWebSocketIsAnswered() throws IOException {
    RawPeer peer = entered();
    peer.frame(RawPeer.PING, true, new byte[] {5});
    assertEquals(new RawPeer.Frame(RawPeer.PONG, Bytes.owning(new byte[] {5})), peer.next());
  }

  @Test
  void aFloodIsToldOnceAndThenCutOff() throws IOException {
    RawPeer peer = entered();
    byte[] ping = ClientMessageCodec.encode(new ClientMessage.Ping(1));
    try {
      for (int i = 0; i < 20_000; i++) {
        peer.frame(RawPeer.BINARY, true, ping);
      }
    } catch (SocketException cutOff) {
      // Sooner or later; what was refused is counted.
    }
    ServerFixture.await(
        "it was refused for good",
        () ->
            fixture.meters.get("gyre.signalling.refused").tag("code", "overload").counter().count()
                >= 1);
  }

  @Test
  void connectionsOverTheCapAreDroppedAndTheListenerGoesOn() throws IOException {
    fixture.connections = 3;
    restart();
    RawPeer first = entered();
    entered();
    entered();
    for (int i = 0; i < 5; i++) {
      assertEquals(0, dial().awaitEnd());
    }
    first.close();
    ServerFixture.await("a place is free", this::canEnter);
    for (RawPeer peer : peers) {
      peer.close();
    }
    ServerFixture.await("all have left", this::canEnter);
  }

  private boolean canEnter() {
    try (RawPeer peer = RawPeer.open(server.address())) {
      peer.enter(Keys.visitor("a"));
      return true;
    } catch (IOException dropped) {
      return false;
    }
  }

  @Test
  void oneAddressGetsNoMoreThanItsShare() throws IOException {
    fixture.connectionsPerAddress = 2;
    restart();
    String from = "X-Forwarded-For: 198.51.100.7\r\n";
    assertTrue(dial().upgrade(from).contains("101"));
    assertTrue(dial().upgrade(from).contains("101"));
    assertTrue(dial().upgrade(from).contains("404"));
    assertTrue(dial().upgrade("X-Forwarded-For: 198.51.100.8\r\n").contains("101"));
  }

  @Test
  void aStrangersForwardedAddressIsNotBelieved() throws IOException {
    fixture.trustedProxies = AddressRanges.of("192.0.2.1");
    fixture.connectionsPerAddress = 1;
    restart();
    RawPeer first = dial();
    assertTrue(first.upgrade("X-Forwarded-For: 198.51.100.7\r\n").contains("101"));
    assertEquals(0, dial().awaitEnd());
    first.close();
    ServerFixture.await("the place is free", this::canEnter);
  }

  @Test
  void aPortInUseIsOneClearLine() {
    ServerFixture second = new ServerFixture();
    second.port = server.address().getPort();
    StartFailure failure = assertThrows(StartFailure.class, second::start);
    assertTrue(failure.getMessage().contains("127.0.0.1:" + second.port), failure.getMessage());
    assertTrue(failure.getMessage().contains("signalling.listen"), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }
}
