package gyre.signalling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.RefusalCode;
import gyre.wire.ServerMessage;
import gyre.wire.key.SigningKey;
import gyre.wire.token.TokenCheck;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who comes in, on real sockets. */
final class AdmissionTest {
  private final ServerFixture fixture = new ServerFixture();
  private final SignallingServer server = fixture.start();
  private final List<RawPeer> peers = new ArrayList<>();

  @AfterEach
  void end() throws IOException {
    for (RawPeer peer : peers) {
      peer.close();
    }
    server.close();
  }

  private RawPeer open() throws IOException {
    RawPeer peer = RawPeer.open(server.address());
    peers.add(peer);
    return peer;
  }

  private static void assertRefused(RefusalCode code, RawPeer peer) throws IOException {
    assertEquals(code, peer.hear(ServerMessage.Refused.class).code());
    assertEquals(1008, peer.awaitEnd());
  }

  @Test
  void aVisitorComesInWithItsTokenAlone() throws IOException {
    ServerMessage.Welcome welcome = open().enter(Keys.visitor("a"));
    assertEquals("test", welcome.peer().node());
    assertEquals(Limits.RESUME, welcome.resume().length());
  }

  @Test
  void aProxyAndAWorkerComeInWithAProof() throws IOException {
    SigningKey key = SigningKey.generate();
    open().enter(Keys.proxy("a", key), key);
    open().enter(Keys.worker("a", key), key);
  }

  @Test
  void aVisitorWhoCallsItselfAProxyIsRefused() throws IOException {
    SigningKey own = SigningKey.generate();
    Bytes selfMade =
        Keys.token(
            own, "a", PeerKind.PROXY, own.verifyingKey().raw(), Instant.now().plusSeconds(60));
    RawPeer peer = open();
    peer.hello(selfMade, Bytes.EMPTY, "");
    assertRefused(RefusalCode.TOKEN, peer);
  }

  @Test
  void aVisitorWhoCallsItselfAWorkerIsRefused() throws IOException {
    RawPeer peer = open();
    peer.hello(
        Keys.token(
            Keys.PROXY,
            "a",
            PeerKind.WORKER,
            SigningKey.generate().verifyingKey().raw(),
            Instant.now().plusSeconds(60)),
        Bytes.EMPTY,
        "");
    assertRefused(RefusalCode.TOKEN, peer);
  }

  @Test
  void aVisitorWhoPublishesOrRunsAppsIsRefusedAndStays() throws IOException {
    RawPeer peer = open();
    peer.enter(Keys.visitor("a"));
    peer.say(new ClientMessage.Publish(List.of(), List.of()));
    assertEquals(RefusalCode.RIGHTS, peer.hear(ServerMessage.Refused.class).code());
    peer.say(new ClientMessage.Withdraw(9, List.of()));
    assertEquals(RefusalCode.RIGHTS, peer.hear(ServerMessage.Refused.class).code());
    peer.settles();
  }

  @Test
  void aStolenProxyTokenIsUselessWithoutItsKey() throws IOException {
    RawPeer peer = open();
    peer.hello(Keys.proxy("a", SigningKey.generate()), Bytes.EMPTY, "");
    peer.hear(ServerMessage.Challenge.class);
    peer.say(new ClientMessage.Prove(SigningKey.generate().sign(new byte[48])));
    assertRefused(RefusalCode.PROOF, peer);
  }

  @Test
  void aTokenThatIsExpiredBrokenForeignOrOfAnUnknownSiteIsRefused() throws IOException {
    List<Bytes> tokens =
        List.of(
            Keys.token(
                Keys.PROXY, "a", PeerKind.VISITOR, Bytes.EMPTY, Instant.now().minusSeconds(31)),
            Bytes.owning(new byte[] {1, 2, 3}),
            Bytes.EMPTY,
            Keys.visitor("c"));
    for (Bytes token : tokens) {
      RawPeer peer = open();
      peer.hello(token, Bytes.EMPTY, "");
      assertRefused(RefusalCode.TOKEN, peer);
    }
  }

  @Test
  void anotherVersionIsRefused() throws IOException {
    RawPeer peer = open();
    peer.say(new ClientMessage.Hello(2, Keys.visitor("a"), Bytes.EMPTY, "", 0));
    assertRefused(RefusalCode.VERSION, peer);
  }

  @Test
  void anythingBeforeHelloEndsTheConnection() throws IOException {
    RawPeer peer = open();
    peer.say(new ClientMessage.Ping(1));
    assertRefused(RefusalCode.MALFORMED, peer);
  }

  @Test
  void aSecondHelloEndsTheConnection() throws IOException {
    RawPeer peer = open();
    peer.enter(Keys.visitor("a"));
    peer.hello(Keys.visitor("a"), Bytes.EMPTY, "");
    assertRefused(RefusalCode.MALFORMED, peer);
  }

  @Test
  void aKeyThatIsTrustedSinceAMomentAgoIsFound() throws Exception {
    SigningKey late = SigningKey.generate();
    List<SigningKey> trusted = new CopyOnWriteArrayList<>();
    ServerFixture patient = new ServerFixture();
    patient.trust =
        () -> new TokenCheck(trusted.stream().map(SigningKey::verifyingKey).toList(), List.of());
    try (SignallingServer other = patient.start()) {
      trusted.add(late);
      Bytes token =
          Keys.token(late, "a", PeerKind.VISITOR, Bytes.EMPTY, Instant.now().plusSeconds(60));
      ServerFixture.await("the key is read", () -> isWelcome(other, token));
    }
  }

  private static boolean isWelcome(SignallingServer server, Bytes token) {
    try (RawPeer peer = RawPeer.open(server.address())) {
      peer.hello(token, Bytes.EMPTY, "");
      return peer.next().payload().at(1) == 65;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void aResumedVisitorNeedNotAnnounceAgain() throws IOException {
    RawPeer holder = open();
    ServerMessage.Welcome before = holder.enter(Keys.visitor("a"));
    Digest digest = new Digest(Bytes.owning(new byte[32]));
    holder.say(new ClientMessage.Announce(List.of(digest), List.of(), List.of(), List.of()));
    holder.settles();
    holder.close();

    RawPeer again = open();
    again.hello(Keys.visitor("a"), before.resume(), "");
    ServerMessage.Welcome welcome = again.hear(ServerMessage.Welcome.class);
    assertTrue(welcome.resumed());
    RawPeer reader = open();
    reader.enter(Keys.visitor("a"));
    assertEquals(List.of(welcome.peer()), reader.locates(digest).providers().getFirst().peers());
  }
}
