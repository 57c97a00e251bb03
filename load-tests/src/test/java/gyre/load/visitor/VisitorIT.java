package gyre.load.visitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.site.DemoSite;
import org.junit.jupiter.api.Test;

class VisitorIT {
  @Test
  void aVisitorOfTheBareSiteSeesEveryUnmarkedPictureAndNoClient() throws Exception {
    try (DemoSite site = DemoSite.start();
        Visitor visitor = Visitor.arriveAt(site.address())) {
      visitor.open("/skies.html");
      assertTrue(site.bytesBelow("/pictures/skies") > 12 * 100_000);
      assertEquals(Traffic.NONE, visitor.traffic());
      assertEquals(10 << 20, visitor.fetch("/media/film.bin").length);
      assertEquals("image/jpeg", visitor.header("/pictures/skies-01.jpg", "content-type").get());
      assertTrue(visitor.processes().cpuSeconds() > 0);
    }
  }
}
