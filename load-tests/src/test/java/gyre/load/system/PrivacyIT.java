package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import gyre.wire.manifest.ChunkHasher;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must not travel, asserted from the peers' stores themselves: IndexedDB, all of it. */
class PrivacyIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String PUBLIC = "/odd/public.png";
  private static final String AUTHORIZED = "/odd/authorized.png";
  private static final List<String> PRIVATE =
      List.of(
          "/odd/private.png", "/odd/no-store.png", "/odd/set-cookie.png", "/odd/vary-cookie.png");

  private static final String PICTURE_OF_ANOTHER_SITE =
      """
      new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = image.onerror = () => resolve(true);
        image.src = arguments[0];
      })
      """;

  private static final String FRAME =
      """
      new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.onload = () => resolve(true);
        frame.src = arguments[0];
        document.body.append(frame);
      })
      """;

  @TempDir Path folder;
  private final Opened opened = new Opened();
  private RunningGyre gyre;

  @BeforeEach
  void start() throws IOException {
    DemoSite site = opened.add(DemoSite.start());
    gyre =
        opened.add(
            RunningGyre.start(
                Setup.of(folder, site.address())
                    .peers("consent", "implied")
                    .peers("hedge-delay", "5s")));
  }

  @AfterEach
  void stop() {
    opened.close();
  }

  @Test
  void onlyWhatIsForEverybodyEntersAPeersStore() {
    Visitor visitor = arrive();
    for (String path : PRIVATE) {
      assertArrayEquals(gyre.get(path).body(), visitor.fetch(path), path);
    }
    assertEquals(200, withAuthorization(visitor, AUTHORIZED));
    visitor.fetch(PUBLIC);
    visitor.follow("/rivers.html");
    // Once more on a page that everything else was loaded before: what was to be stored is stored.
    visitor.fetch(PUBLIC);
    awaitStored(visitor, PUBLIC);

    Set<String> odd = PeerStore.paths(visitor);
    odd.removeIf(path -> !path.startsWith("/odd/"));
    assertEquals(Set.of(PUBLIC), odd);
    Set<String> digests = PeerStore.digests(visitor);
    assertTrue(digests.contains(digest(gyre.get(PUBLIC).body())), digests::toString);
    for (String path : PRIVATE) {
      assertTrue(!digests.contains(digest(gyre.get(path).body())), path);
    }
    byte[] authorized = gyre.get(AUTHORIZED, "authorization", "Basic eDp5").body();
    assertTrue(!digests.contains(digest(authorized)), AUTHORIZED);
  }

  @Test
  void aRequestWithAuthorizationForAPublicPictureStoresNothing() {
    Visitor visitor = arrive();
    assertEquals(200, withAuthorization(visitor, PUBLIC));
    visitor.fetch("/odd/other.png");
    awaitStored(visitor, "/odd/other.png");
    assertTrue(
        !PeerStore.paths(visitor).contains(PUBLIC), () -> PeerStore.paths(visitor).toString());
  }

  @Test
  void navigationsFramesAndOtherSitesEnterNoStore() throws IOException {
    try (DemoSite elsewhere = DemoSite.start()) {
      URI strange = elsewhere.address().resolve("/pictures/skies-01.jpg");
      Visitor visitor = arrive();
      visitor.value(PICTURE_OF_ANOTHER_SITE, strange.toString());
      assertTrue(elsewhere.requestsOf(strange.getPath()) > 0, "the other site was not asked");
      visitor.value(FRAME, "/skies.html");
      visitor.follow("/rivers.html");
      visitor.fetch(PUBLIC);
      awaitStored(visitor, PUBLIC);

      String host = "//" + gyre.address().getAuthority() + "/";
      for (String resource : PeerStore.resources(visitor)) {
        assertTrue(resource.startsWith(host), resource);
        assertTrue(!resource.endsWith("/") && !resource.endsWith(".html"), resource);
      }
      Set<String> digests = PeerStore.digests(visitor);
      for (String page : List.of("/", "/rivers.html", "/skies.html")) {
        assertTrue(!digests.contains(digest(gyre.get(page).body())), page);
      }
    }
  }

  @Test
  void aVisitorsOrdinaryCookieDoesNotStopAPublicPictureFromTravelling() {
    byte[] right = gyre.get(PUBLIC).body();
    Visitor holder = arrive();
    assertArrayEquals(right, holder.fetch(PUBLIC));
    awaitStored(holder, PUBLIC);
    Visitor reader = arrive();
    Await.until("the two are connected", SOON, () -> reader.connectedPeers() > 0);
    long before = reader.traffic().peers();
    assertArrayEquals(right, reader.fetch(PUBLIC));
    Await.until(
        "the picture came from the other visitor",
        SOON,
        () -> reader.traffic().peers() - before >= right.length);
  }

  /** With a cookie that the site's pages set for everybody. */
  private Visitor arrive() {
    Visitor visitor = opened.add(Arrival.at(gyre));
    visitor.run("document.cookie = 'visitor=' + Math.random() + '; path=/'");
    return visitor;
  }

  private static int withAuthorization(Visitor visitor, String path) {
    String fetched =
        "fetch(arguments[0], {headers: {authorization: 'Basic eDp5'}})"
            + ".then(async (answer) => { await answer.arrayBuffer(); return answer.status; })";
    return ((Number) visitor.value(fetched, path).orElseThrow()).intValue();
  }

  private static void awaitStored(Visitor visitor, String path) {
    Await.until(path + " is stored", SOON, () -> PeerStore.paths(visitor).contains(path));
  }

  private static String digest(byte[] representation) {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(representation));
    return hasher.finish().digest().toString();
  }
}
