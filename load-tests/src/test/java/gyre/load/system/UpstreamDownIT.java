package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamDownIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String PICTURE = "/pictures/rivers-01.jpg";

  @TempDir Path folder;

  @Test
  void withTheUpstreamStoppedAndTheCacheEmptyAVisitorStillLendsThePicture() throws Exception {
    DemoSite site = DemoSite.start();
    try (RunningGyre gyre =
            RunningGyre.start(Setup.of(folder, site.address()).peers("consent", "implied"));
        Visitor visitor = Visitor.arriveAt(gyre.address())) {
      byte[] original = gyre.get(site.address().resolve(PICTURE)).body();
      visitor.open("/");
      Await.until("the service worker is in charge", SOON, visitor::isControlled);
      visitor.follow("/rivers.html");
      Await.until(
          "its pictures are announced", SOON, () -> Census.of(gyre).visitorHoldings() >= 12);

      site.close();
      HttpRequest empty =
          HttpRequest.newBuilder(gyre.admin(RunningGyre.PROXY).resolve("/api/cache/empty"))
              .POST(BodyPublishers.noBody())
              .build();
      assertEquals(200, gyre.send(empty).statusCode());

      HttpResponse<byte[]> response = gyre.get(PICTURE);
      assertEquals(200, response.statusCode());
      assertArrayEquals(original, response.body());
      assertEquals("image/jpeg", response.headers().firstValue("content-type").orElse(""));
      String status = response.headers().firstValue("cache-status").orElse("");
      assertTrue(status.contains("detail=peer"), status);
      assertEquals(502, gyre.get("/odd/public.png").statusCode());
    }
  }
}
