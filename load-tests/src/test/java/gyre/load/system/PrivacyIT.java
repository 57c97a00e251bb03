package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.load.process.Await;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivacyIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String STORED =
      """
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('gyre');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const keys = database.transaction('manifests').objectStore('manifests').getAllKeys();
          keys.onsuccess = () => { database.close(); resolve(keys.result); };
        };
      })
      """;

  @TempDir Path folder;

  @Test
  void onlyWhatIsForEverybodyEntersAPeersStore() throws IOException {
    try (DemoSite site = DemoSite.start();
        RunningGyre gyre =
            RunningGyre.start(Setup.of(folder, site.address()).peers("consent", "implied"));
        Visitor visitor = Visitor.arriveAt(gyre.address())) {
      visitor.open("/");
      Await.until("the visitor is registered", SOON, () -> visitor.peerId().isPresent());
      Await.until("the service worker is in charge", SOON, visitor::isControlled);
      visitor.run("document.cookie = 'visitor=42; path=/'");

      for (String path : List.of("private", "no-store", "set-cookie", "vary-cookie")) {
        assertArrayEquals(
            gyre.get("/odd/" + path + ".png").body(), visitor.fetch("/odd/" + path + ".png"));
      }
      assertEquals(
          "200",
          visitor
              .value(
                  "fetch('/odd/authorized.png', {headers: {authorization: 'Basic eDp5'}}).then(a => a.status)")
              .orElseThrow()
              .toString());
      visitor.fetch("/odd/public.png");
      visitor.follow("/rivers.html");
      visitor.fetch("/odd/public.png");
      Await.until(
          "the public picture is stored", SOON, () -> stored(visitor).contains("/odd/public.png"));

      SortedSet<String> odd = stored(visitor);
      odd.removeIf(
          path -> !path.startsWith("/odd/") && !path.equals("/") && !path.endsWith(".html"));
      assertEquals(new TreeSet<>(List.of("/odd/public.png")), odd);
    }
  }

  private static SortedSet<String> stored(Visitor visitor) {
    TreeSet<String> paths = new TreeSet<>();
    if (visitor.value(STORED).orElseThrow() instanceof List<?> resources) {
      for (Object resource : resources) {
        paths.add(resource.toString().replaceFirst("^//[^/]*", ""));
      }
    }
    return paths;
  }
}
