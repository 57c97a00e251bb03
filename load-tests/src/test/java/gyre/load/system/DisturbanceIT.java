package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever fails, the page is as if Gyre were not there: right bytes, bounded delay, a quiet
 * console.
 */
class DisturbanceIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** How long a picture may take at most in the page, on a busy machine, where anything fails. */
  private static final long BOUND_MS = 2_000;

  private static final long BLOCKED_MS = 1_500;
  private static final String PICTURE = "/odd/public.png";

  /** Nobody asked for it before. */
  private static final String FRESH = "/odd/other.png";

  @TempDir static Path folder;
  private static DemoSite site;
  private static RunningGyre gyre;
  private static byte[] right;

  @BeforeAll
  static void start() throws IOException {
    site = DemoSite.start();
    gyre = RunningGyre.start(Setup.of(folder, site.address()).peers("consent", "implied"));
    right = gyre.get(PICTURE).body();
  }

  @AfterAll
  static void stop() {
    gyre.close();
    site.close();
  }

  private static void shows(Visitor visitor) {
    assertArrayEquals(right, visitor.fetch(PICTURE));
    assertTrue(
        tookMs(visitor, PICTURE) < BOUND_MS, () -> "took " + tookMs(visitor, PICTURE) + " ms");
    visitor.follow("/rivers.html");
    List<String> errors =
        visitor.console().stream()
            .filter(line -> line.contains("SEVERE"))
            .filter(
                line -> !line.contains("ERR_BLOCKED_BY_CLIENT") && !line.contains("/favicon.ico"))
            .toList();
    assertEquals(List.of(), errors);
  }

  /** From the request to the last byte, as the browser measured it in the page. */
  private static double tookMs(Visitor visitor, String path) {
    String longest =
        "Math.max(...performance.getEntriesByName(new URL(arguments[0], location).href)"
            + ".map((entry) => entry.duration))";
    return visitor
        .value(longest, path)
        .map(Number.class::cast)
        .map(Number::doubleValue)
        .orElseThrow();
  }

  @Test
  void theServiceWorkerIsStoppedInMidPage() {
    try (Visitor visitor = Arrival.at(gyre)) {
      visitor.driver().executeCdpCommand("ServiceWorker.enable", Map.of());
      visitor.driver().executeCdpCommand("ServiceWorker.stopAllWorkers", Map.of());
      shows(visitor);
    }
  }

  @Test
  void theMainThreadIsBlocked() {
    try (Visitor visitor = Arrival.at(gyre)) {
      CompletableFuture<Void> block =
          CompletableFuture.runAsync(
              () ->
                  visitor.run(
                      """
                      fetch(arguments[0]).then((answer) => answer.arrayBuffer());
                      const end = performance.now() + arguments[1];
                      while (performance.now() < end);
                      """,
                      FRESH,
                      BLOCKED_MS));
      Await.until("the origin is asked", SOON, () -> site.requestsOf(FRESH) > 0);
      assertFalse(block.isDone(), "the request waited for the main thread");
      block.join();
      Await.until("it is over", SOON, () -> Double.isFinite(tookMs(visitor, FRESH)));
      assertTrue(
          tookMs(visitor, FRESH) < BLOCKED_MS + BOUND_MS,
          () -> "took " + tookMs(visitor, FRESH) + " ms");
      shows(visitor);
    }
  }

  @Test
  void theSiteHasAServiceWorkerOfItsOwn() {
    try (Visitor visitor = Visitor.arriveAt(gyre.address())) {
      visitor.driver().get(gyre.address().resolve("/odd/own-sw.js").toString());
      visitor.value(
          "navigator.serviceWorker.register('/odd/own-sw.js', {scope: '/'}).then(() => navigator.serviceWorker.ready).then(() => true)");
      visitor.open("/");
      Await.until("the visitor is registered", SOON, () -> visitor.peerId().isPresent());
      shows(visitor);
      assertTrue(
          visitor
              .value("navigator.serviceWorker.getRegistration('/').then(r => r.active.scriptURL)")
              .orElseThrow()
              .toString()
              .endsWith("/odd/own-sw.js"));
    }
  }

  @Test
  void thereIsNoWebRtc() {
    try (Visitor visitor = Visitor.arriveAt(gyre.address())) {
      visitor
          .driver()
          .executeCdpCommand(
              "Page.addScriptToEvaluateOnNewDocument",
              Map.of("source", "delete window.RTCPeerConnection; delete window.RTCDataChannel;"));
      visitor.open("/");
      shows(visitor);
    }
  }

  @Test
  void theScriptIsBlocked() {
    try (Visitor visitor = Visitor.arriveAt(gyre.address())) {
      visitor.driver().executeCdpCommand("Network.enable", Map.of());
      visitor
          .driver()
          .executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of("*/peer-client.js")));
      visitor.open("/");
      shows(visitor);
    }
  }
}
