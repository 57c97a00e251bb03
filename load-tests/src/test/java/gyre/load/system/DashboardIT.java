package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.site.SearchApp;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.OutputType;

/** An operator looks at the admin address while visitors come and go. */
class DashboardIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Path PICTURES =
      Path.of(System.getProperty("gyre.root"), "load-tests", "target", "dashboard");

  @TempDir Path folder;

  @Test
  void thePageShowsVisitorsSourcesTransfersAndAppsAsTheyChange() throws Exception {
    try (DemoSite site = DemoSite.start();
        RunningGyre gyre =
            RunningGyre.start(
                Setup.of(folder, site.address())
                    .peers("consent", "implied")
                    .peers("hedge-delay", "5s")
                    .app("search", SearchApp.writeInto(folder), "/api/search*"));
        Visitor operator = Visitor.arriveAt(gyre.admin(RunningGyre.PROXY))) {
      operator.open("/");
      awaitText(operator, "#live", "live");
      awaitText(operator, "#visitors", "0");
      awaitText(operator, "#transfers", "Nobody reported a transfer yet.");
      awaitText(operator, "#sites", "gallery");
      awaitText(operator, "#apps", "own executor");
      assertEquals("0", text(operator, "#rate"));

      try (Visitor first = Visitor.arriveAt(gyre.address());
          Visitor second = Visitor.arriveAt(gyre.address())) {
        walk(first);
        awaitText(operator, "#visitors", "1");
        Await.until(
            "twelve pictures are announced", SOON, () -> Census.of(gyre).visitorHoldings() >= 12);
        walk(second);
        awaitText(operator, "#visitors", "2");
        assertEquals(200, gyre.get("/api/search?q=lake").statusCode());

        Await.until("upstream has answered", SOON, () -> answers(operator, "upstream") > 0);
        awaitText(operator, "#legend", "own executor 1");
        awaitText(operator, "#transfers", "MiB");
        assertNotEquals("0 B", text(operator, "#moved"));
        assertNotEquals("0 %", text(operator, "#offload"));
        awaitText(operator, "#offload-note", "ceiling now 50 %");
        photograph(operator);
      }
      awaitText(operator, "#visitors", "0");
      gyre.kill(RunningGyre.SIGNALLING);
      awaitText(operator, "#problem", "Peers are not shown");
      String page = gyre.admin(RunningGyre.PROXY).toString();
      assertEquals(
          List.of(), operator.console().stream().filter(line -> line.contains(page)).toList());
    }
  }

  private static void walk(Visitor visitor) {
    visitor.open("/");
    Await.until("the service worker is in charge", SOON, visitor::isControlled);
    Await.until("the visitor is registered", SOON, () -> visitor.peerId().isPresent());
    visitor.follow("/rivers.html");
    Await.until("the visitor is registered", SOON, () -> visitor.peerId().isPresent());
  }

  private static void awaitText(Visitor operator, String selector, String wanted) {
    Await.until(
        selector + " says " + wanted, SOON, () -> text(operator, selector).contains(wanted));
  }

  private static String text(Visitor operator, String selector) {
    return operator
        .value("document.querySelector(arguments[0]).textContent", selector)
        .map(Object::toString)
        .orElse("");
  }

  private static double answers(Visitor operator, String source) {
    return operator
        .value("latest?.answers.total[arguments[0]]?.answers ?? 0", source)
        .map(Object::toString)
        .map(Double::parseDouble)
        .orElse(0.0);
  }

  /** For people to look at. */
  private static void photograph(Visitor operator) throws IOException {
    Files.createDirectories(PICTURES);
    for (String scheme : List.of("light", "dark")) {
      operator
          .driver()
          .executeCdpCommand(
              "Emulation.setEmulatedMedia",
              Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
      operator
          .driver()
          .executeCdpCommand(
              "Emulation.setDeviceMetricsOverride",
              Map.of("width", 1360, "height", 1120, "deviceScaleFactor", 1, "mobile", false));
      Files.write(
          PICTURES.resolve(scheme + ".png"), operator.driver().getScreenshotAs(OutputType.BYTES));
    }
  }
}
