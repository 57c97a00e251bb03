package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiarsIT {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String PICTURE = "/odd/public.png";
  private static final String ANOTHER = "/odd/other.png";
  private static final String REPLACED = "/odd/replaced.png";
  private static final String CHANGING = "/odd/changing.png";

  @TempDir Path folder;
  private final Opened opened = new Opened();
  private DemoSite site;
  private RunningGyre gyre;

  @BeforeEach
  void start() throws IOException {
    site = opened.add(DemoSite.start());
    gyre =
        opened.add(
            RunningGyre.start(
                Setup.of(folder, site.address())
                    .peers("consent", "implied")
                    .peers("hedge-delay", "5s")
                    .peers("element-delay", "5s")));
  }

  @AfterEach
  void stop() {
    opened.close();
  }

  private Visitor reader() {
    return Arrival.at(gyre);
  }

  private static boolean isBanned(Visitor reader, String peer) {
    return reader.stats().get("bannedPeers") instanceof List<?> banned && banned.contains(peer);
  }

  @Test
  void aVisitorThatAltersOneByteIsBannedReportedAndNotAskedAgain() {
    byte[] right = gyre.get(PICTURE).body();
    byte[] alsoRight = gyre.get(ANOTHER).body();
    try (HostilePage liar = HostilePage.at(gyre.address(), "altered", List.of(PICTURE, ANOTHER));
        Visitor reader = reader()) {
      assertArrayEquals(right, reader.fetch(PICTURE));
      assertTrue(liar.timesAsked() > 0, "nobody asked the liar: the test shows nothing");
      assertTrue(isBanned(reader, liar.peerId()), () -> "not banned: " + reader.stats());
      int asked = liar.timesAsked();
      assertArrayEquals(alsoRight, reader.fetch(ANOTHER));
      assertEquals(asked, liar.timesAsked(), "the liar was asked again");
      Await.until(
          "the liar is reported to the signalling server",
          Duration.ofSeconds(25),
          () -> Census.of(gyre).badChunks() > 0);
    }
  }

  @Test
  void headersThatAPeerInventsAreDroppedAndTheBytesStillCount() {
    byte[] right = gyre.get(PICTURE).body();
    try (HostilePage liar = HostilePage.at(gyre.address(), "forged", List.of(PICTURE));
        Visitor reader = reader()) {
      assertArrayEquals(right, reader.fetch(PICTURE));
      assertTrue(liar.timesAsked() > 0, "nobody asked the liar: the test shows nothing");
      assertEquals(Optional.of("image/png"), reader.header(PICTURE, "content-type"));
      assertEquals(Optional.empty(), reader.header(PICTURE, "x-forged"));
      assertEquals(Optional.of(""), reader.value("document.cookie").map(Object::toString));
    }
  }

  @Test
  void aVisitorWhoDoesNotHoldItIsNotPunished() {
    byte[] right = gyre.get(PICTURE).body();
    try (HostilePage honest = HostilePage.at(gyre.address(), "ignorant", List.of(PICTURE));
        Visitor reader = reader()) {
      assertArrayEquals(right, reader.fetch(PICTURE));
      assertTrue(honest.timesAsked() > 0, "nobody asked: the test shows nothing");
      assertTrue(!isBanned(reader, honest.peerId()), () -> "banned: " + reader.stats());
    }
  }

  @Test
  void anOldManifestThatAVisitorPublishesAgainIsRefusedAndTheReaderSeesTheNewPicture() {
    gyre.get(CHANGING);
    try (HostilePage liar = HostilePage.at(gyre.address(), "altered", List.of(CHANGING));
        Visitor reader = reader()) {
      byte[] old = gyre.get(CHANGING).body();
      site.change();
      Await.until(
          "the old version has expired",
          SOON,
          () -> !Arrays.equals(old, gyre.get(CHANGING).body()));
      liar.publishAgain();
      Await.until(
          "the server refuses what only a proxy may say", SOON, () -> liar.wasRefused("rights"));
      assertArrayEquals(gyre.get(CHANGING).body(), reader.fetch(CHANGING));
    }
  }

  @Test
  void anOldManifestFromBeforeAPurgeConvincesNoReader() {
    byte[] old = gyre.get(REPLACED).body();
    try (HostilePage holder = HostilePage.at(gyre.address(), "forged", List.of(REPLACED));
        Visitor reader = reader()) {
      assertArrayEquals(old, reader.fetch(REPLACED));
      assertTrue(holder.timesAsked() > 0, "it came over HTTP: a cache may keep it");
      Await.until("the reader keeps it", SOON, () -> PeerStore.paths(reader).contains(REPLACED));

      site.change();
      purge(REPLACED);
      byte[] right = gyre.get(REPLACED).body();
      assertFalse(Arrays.equals(old, right), "the purge had no effect");
      holder.publishAgain();
      Await.until("only a proxy may publish", SOON, () -> holder.wasRefused("rights"));
      reader.follow("/rivers.html");
      Arrival.settled(reader);
      Await.until("the reader knows of the purge", SOON, () -> PeerStore.generation(reader) > 0);
      assertArrayEquals(right, reader.fetch(REPLACED));
      assertTrue(!isBanned(reader, holder.peerId()), "who lacks the new version is no liar");
    }
  }

  private void purge(String path) {
    String resource = "//" + gyre.address().getAuthority() + path;
    URI purge =
        gyre.admin(RunningGyre.PROXY).resolve("/api/purge?site=gallery&resource=" + resource);
    HttpRequest request = HttpRequest.newBuilder(purge).POST(BodyPublishers.noBody()).build();
    assertEquals(200, gyre.send(request).statusCode());
  }
}
