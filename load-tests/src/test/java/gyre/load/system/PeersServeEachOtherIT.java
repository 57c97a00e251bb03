package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Traffic;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersServeEachOtherIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int COVERS_PER_SCENE = 2;

  /** On the landing page, of three scenes. */
  private static final int COVERS = 3 * COVERS_PER_SCENE;

  private static final List<String> MOUNTAINS = pictures("mountains");
  private static final List<String> SKIES = pictures("skies");

  @TempDir Path folder;
  private final Opened opened = new Opened();
  private DemoSite site;
  private RunningGyre gyre;
  private Visitor holder;
  private Visitor reader;

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
    holder = opened.add(Visitor.arriveAt(gyre.address()));
    reader = opened.add(Visitor.arriveAt(gyre.address()));
  }

  @AfterEach
  void stop() {
    opened.close();
  }

  @Test
  void picturesThatOneVisitorHoldsReachTheNextWithoutTheOrigin() {
    holderWalks();
    arrive(reader, "/");
    double imagesBefore = imageBytesOfTheOrigin();
    Traffic onMountains = visit(reader, "/mountains.html", MOUNTAINS);
    Traffic onSkies = visit(reader, "/skies.html", SKIES);

    assertEquals(0, imageBytesOfTheOrigin() - imagesBefore, "image bytes drawn from the origin");
    Traffic later = onMountains.plus(onSkies);
    long covers =
        sizes(MOUNTAINS.subList(0, COVERS_PER_SCENE)) + sizes(SKIES.subList(0, COVERS_PER_SCENE));
    assertTrue(later.peers() >= sizes(MOUNTAINS) + sizes(SKIES) - covers, later.toString());
    for (String picture : List.of(MOUNTAINS.getFirst(), SKIES.getFirst(), SKIES.getLast())) {
      byte[] original = gyre.get(site.address().resolve(picture)).body();
      assertArrayEquals(original, reader.fetch(picture), picture);
      assertArrayEquals(holder.fetch(picture), reader.fetch(picture), picture);
    }
    System.out.printf(
        "offload on later pages: %.3f; over both visitors the ceiling is %.3f%n",
        (double) later.peers() / later.fetched(), 0.5);
  }

  @Test
  void aNavigationKeepsTheStoreAndTheSessionGoesOn() {
    holderWalks();
    double imagesBefore = imageBytesOfTheOrigin();
    double hellosBefore = received("hello");
    double announcementsBefore = received("announce");
    Traffic again = visit(holder, "/mountains.html", MOUNTAINS);

    assertEquals(0, imageBytesOfTheOrigin() - imagesBefore, "image bytes drawn from the origin");
    assertTrue(again.ownStore() >= sizes(MOUNTAINS), again.toString());
    assertTrue(received("hello") > hellosBefore, "the new page did not register");
    assertEquals(announcementsBefore, received("announce"), "a resumed session announces nothing");
  }

  /** Everything that it draws from the origin enters its store, and the directory knows. */
  private void holderWalks() {
    arrive(holder, "/");
    awaitHoldings(COVERS);
    visit(holder, "/mountains.html", MOUNTAINS);
    awaitHoldings(COVERS - COVERS_PER_SCENE + MOUNTAINS.size());
    visit(holder, "/skies.html", SKIES);
    awaitHoldings(COVERS_PER_SCENE + MOUNTAINS.size() + SKIES.size());
  }

  private void awaitHoldings(int count) {
    Await.until(
        "the directory knows " + count + " pictures that the first visitor holds",
        SOON,
        () -> Census.of(gyre).visitorHoldings() >= count);
  }

  private void arrive(Visitor visitor, String page) {
    visitor.open(page);
    Await.until("the service worker is in charge", SOON, visitor::isControlled);
    awaitRegistered(visitor);
  }

  private static void awaitRegistered(Visitor visitor) {
    Await.until("the visitor is registered", SOON, () -> visitor.peerId().isPresent());
  }

  /** Follows a link, and waits until every picture of the page is accounted for. */
  private Traffic visit(Visitor visitor, String page, List<String> pictures) {
    visitor.follow(page);
    awaitRegistered(visitor);
    long expected = sizes(pictures);
    Await.until(
        "every picture of " + page + " is counted",
        SOON,
        () -> {
          Traffic traffic = visitor.traffic();
          return traffic.fetched() + traffic.ownStore() + traffic.httpCache() >= expected;
        });
    return visitor.traffic();
  }

  private double imageBytesOfTheOrigin() {
    return gyre.metrics(RunningGyre.PROXY).sum("gyre_proxy_answer_bytes_total", "kind=\"image\"");
  }

  private double received(String message) {
    return gyre.metrics(RunningGyre.SIGNALLING)
        .sum("gyre_signalling_received_total", "message=\"" + message + "\"");
  }

  private long sizes(List<String> pictures) {
    return pictures.stream()
        .mapToLong(path -> gyre.get(site.address().resolve(path)).body().length)
        .sum();
  }

  private static List<String> pictures(String scene) {
    return IntStream.rangeClosed(1, 12)
        .mapToObj(n -> "/pictures/%s-%02d.%s".formatted(scene, n, n % 6 == 0 ? "png" : "jpg"))
        .toList();
  }
}
