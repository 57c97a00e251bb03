package gyre.signalling.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.Digest;
import gyre.wire.PeerId;
import gyre.wire.PeerReport;
import gyre.wire.Providers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Somebody with many tokens accuses an honest peer. */
final class DefamationTest {
  private static final Digest DIGEST = new Digest(Bytes.owning(new byte[32]));

  private final SignallingServer server = new ServerFixture().start();
  private final List<RawPeer> peers = new ArrayList<>();

  @AfterEach
  void end() throws IOException {
    for (RawPeer peer : peers) {
      peer.close();
    }
    server.close();
  }

  @Test
  void tokensOfOneAddressHaveOneVoiceHoweverMany() throws IOException {
    RawPeer honest = dial("198.51.100.1");
    PeerId provider = honest.enter(Keys.visitor("a")).peer();
    honest.say(new ClientMessage.Announce(List.of(DIGEST), List.of(), List.of(), List.of()));
    honest.settles();
    RawPeer reader = dial("198.51.100.2");
    reader.enter(Keys.visitor("a"));

    for (int i = 0; i < 5; i++) {
      accuse("203.0.113.7", provider);
      accuse("2001:db8::" + i, provider);
    }
    assertEquals(List.of(provider), providers(reader));
    accuse("203.0.113.8", provider);
    assertEquals(List.of(), providers(reader));
  }

  private void accuse(String address, PeerId accused) throws IOException {
    RawPeer accuser = dial(address);
    accuser.enter(Keys.visitor("a"));
    accuser.say(new ClientMessage.Report(List.of(new PeerReport(accused, 0, 0, 1, 1))));
    accuser.settles();
    assertEquals(List.of(), providers(accuser));
  }

  private static List<PeerId> providers(RawPeer reader) throws IOException {
    return reader.locates(DIGEST).providers().stream()
        .map(Providers::peers)
        .flatMap(List::stream)
        .toList();
  }

  private RawPeer dial(String address) throws IOException {
    RawPeer peer = RawPeer.dial(server.address(), 0);
    peers.add(peer);
    peer.upgrade("X-Forwarded-For: " + address + "\r\n");
    return peer;
  }
}
