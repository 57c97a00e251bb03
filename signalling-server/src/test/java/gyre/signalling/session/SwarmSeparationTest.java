package gyre.signalling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.PageResources;
import gyre.wire.PeerId;
import gyre.wire.RefusalCode;
import gyre.wire.ServerMessage;
import gyre.wire.key.SigningKey;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestSigner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What peers of one site and of two have to do with each other, on real sockets. */
final class SwarmSeparationTest {
  private static final Digest DIGEST = new Digest(Bytes.owning(new byte[32]));
  private static final Bytes PAYLOAD = Bytes.owning(new byte[] {(byte) 0xc1, 1, 2});

  private final SignallingServer server = new ServerFixture().start();
  private final List<RawPeer> peers = new ArrayList<>();
  private final SigningKey key = SigningKey.generate();

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

  @Test
  void aRelayReachesAPeerOfTheSameSiteUnread() throws IOException {
    RawPeer from = open();
    RawPeer to = open();
    PeerId sender = from.enter(Keys.visitor("a")).peer();
    PeerId receiver = to.enter(Keys.visitor("a")).peer();
    from.say(new ClientMessage.Relay(receiver, PAYLOAD));
    assertEquals(new ServerMessage.Relayed(sender, PAYLOAD), to.hear(ServerMessage.Relayed.class));
  }

  @Test
  void aRelayToAnotherSiteFindsNobody() throws IOException {
    RawPeer from = open();
    RawPeer to = open();
    from.enter(Keys.visitor("a"));
    PeerId stranger = to.enter(Keys.visitor("b")).peer();
    assertUnknown(from, stranger);
    to.settles();
  }

  @Test
  void aVisitorReachesNoWorker() throws IOException {
    RawPeer visitor = open();
    RawPeer worker = open();
    visitor.enter(Keys.visitor("a"));
    assertUnknown(visitor, worker.enter(Keys.worker("a", key), key).peer());
    worker.settles();
  }

  @Test
  void aRelayToWhoeverLeftFindsNobody() throws IOException {
    RawPeer from = open();
    from.enter(Keys.visitor("a"));
    RawPeer to = open();
    PeerId gone = to.enter(Keys.visitor("a")).peer();
    to.close();
    ServerFixture.await("the other has left", () -> isUnknown(from, gone));
  }

  private static boolean isUnknown(RawPeer from, PeerId to) {
    try {
      from.say(new ClientMessage.Relay(to, PAYLOAD));
      from.say(new ClientMessage.Ping(1));
      boolean isRefused = from.next().payload().at(1) == 70;
      if (isRefused) {
        from.hear(ServerMessage.Pong.class);
      }
      return isRefused;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertUnknown(RawPeer from, PeerId to) throws IOException {
    from.say(new ClientMessage.Relay(to, PAYLOAD));
    assertEquals(RefusalCode.UNKNOWN_PEER, from.hear(ServerMessage.Refused.class).code());
    from.settles();
  }

  @Test
  void aHolderIsNamedInItsOwnSiteOnly() throws IOException {
    RawPeer holder = open();
    PeerId id = holder.enter(Keys.visitor("a")).peer();
    holder.say(new ClientMessage.Announce(List.of(DIGEST), List.of(), List.of(), List.of()));
    holder.settles();
    RawPeer neighbour = open();
    assertEquals(List.of(id), neighbour.enter(Keys.visitor("a")).neighbours());
    assertEquals(List.of(id), neighbour.locates(DIGEST).providers().getFirst().peers());
    RawPeer stranger = open();
    assertEquals(List.of(), stranger.enter(Keys.visitor("b")).neighbours());
    assertEquals(List.of(), stranger.locates(DIGEST).providers());
  }

  @Test
  void aPublishedManifestReachesThePagesVisitorsAsItsExactBytes() throws IOException {
    RawPeer proxy = open();
    proxy.enter(Keys.proxy("a", key), key);
    Bytes manifest = manifest("a", "//example.com/photo.jpg");
    proxy.say(
        new ClientMessage.Publish(
            List.of(manifest),
            List.of(new PageResources("//example.com/", List.of("//example.com/photo.jpg")))));
    proxy.settles();
    RawPeer visitor = open();
    visitor.hello(Keys.visitor("a"), Bytes.EMPTY, "//example.com/");
    assertEquals(List.of(manifest), visitor.hear(ServerMessage.Welcome.class).manifests());
  }

  @Test
  void aProxyPublishesForItsOwnSiteOnly() throws IOException {
    RawPeer proxy = open();
    proxy.enter(Keys.proxy("a", key), key);
    proxy.say(new ClientMessage.Publish(List.of(manifest("b", "//other.example/x")), List.of()));
    assertEquals(RefusalCode.RIGHTS, proxy.hear(ServerMessage.Refused.class).code());
    proxy.settles();
  }

  @Test
  void aProxyLearnsUnaskedThatAWorkerRunsAnAppAndThatItEnded() throws IOException {
    AppId app = new AppId("search", DIGEST);
    RawPeer proxy = open();
    proxy.enter(Keys.proxy("a", key), key);
    RawPeer worker = open();
    PeerId runner = worker.enter(Keys.worker("a", key), key).peer();
    worker.say(new ClientMessage.Announce(List.of(), List.of(), List.of(app), List.of()));
    ServerMessage.Located started = proxy.hear(ServerMessage.Located.class);
    assertEquals(0, started.request());
    assertEquals(List.of(runner), started.runners().getFirst().peers());
    worker.close();
    ServerMessage.Located ended = proxy.hear(ServerMessage.Located.class);
    assertEquals(List.of(), ended.runners().getFirst().peers());
  }

  @Test
  void aStopTellsEverybodyWhenToComeBack() throws IOException {
    RawPeer visitor = open();
    visitor.enter(Keys.visitor("a"));
    server.close();
    assertTrue(visitor.hear(ServerMessage.GoAway.class).reconnectMillis() >= 1_000);
    assertEquals(1001, visitor.awaitEnd());
  }

  private Bytes manifest(String site, String resource) {
    ChunkList chunks = ChunkList.of(1, Bytes.owning(new byte[32]));
    return new ManifestSigner(key)
        .sign(
            new Manifest(
                site,
                resource,
                200,
                List.of(),
                1,
                chunks.digest(),
                chunks.hashes(),
                Instant.now(),
                Duration.ofMinutes(1),
                1,
                key.verifyingKey().id()))
        .encoded();
  }
}
