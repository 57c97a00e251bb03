package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
  private static final long BOUND_MS = 4_000;
  private static final String PICTURE = "/odd/public.png";

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
    long began = System.nanoTime();
    assertArrayEquals(right, visitor.fetch(PICTURE));
    long tookMs = Duration.ofNanos(System.nanoTime() - began).toMillis();
    assertTrue(tookMs < BOUND_MS, "took " + tookMs + " ms");
    visitor.follow("/rivers.html");
    List<String> errors =
        visitor.console().stream()
            .filter(line -> line.contains("SEVERE"))
            .filter(
                line -> !line.contains("ERR_BLOCKED_BY_CLIENT") && !line.contains("/favicon.ico"))
            .toList();
    assertEquals(List.of(), errors);
  }

  private static void settle(Visitor visitor) {
    visitor.open("/");
    Await.until("the visitor is registered", SOON, () -> visitor.peerId().isPresent());
    Await.until("the service worker is in charge", SOON, visitor::isControlled);
  }

  @Test
  void theServiceWorkerIsStoppedInMidPage() {
    try (Visitor visitor = Visitor.arriveAt(gyre.address())) {
      settle(visitor);
      visitor.driver().executeCdpCommand("ServiceWorker.enable", Map.of());
      visitor.driver().executeCdpCommand("ServiceWorker.stopAllWorkers", Map.of());
      shows(visitor);
    }
  }

  @Test
  void theMainThreadIsBlocked() {
    try (Visitor visitor = Visitor.arriveAt(gyre.address())) {
      settle(visitor);
      visitor.run(
          "setTimeout(() => { const end = performance.now() + 1500; while (performance.now() < end); })");
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
