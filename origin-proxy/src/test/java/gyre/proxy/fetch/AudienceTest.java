package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.Messages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AudienceTest {
  private static final String PUBLIC = "cache-control: max-age=60; content-type: image/png";
  private static final String PICTURE = "the bytes of a picture";

  private final Audience audience = new Audience();
  private final FlowFixture proxy = new FlowFixture(2);

  @Test
  void theVisitorWhoMakesItEnoughDoesSoOnce() {
    assertFalse(audience.completes(Messages.get("user-agent: a"), 3));
    assertFalse(audience.completes(Messages.get("user-agent: b"), 3));
    assertFalse(audience.isEnough("//site.test/a", 3));
    assertTrue(audience.completes(Messages.get("user-agent: c"), 3));
    assertTrue(audience.isEnough("//site.test/a", 3));
    assertFalse(audience.completes(Messages.get("user-agent: d"), 3));
    assertFalse(audience.isEnough("//site.test/b", 3));
  }

  @Test
  void oneVisitorWhoAsksAgainIsOneVisitor() {
    for (int i = 0; i < 10; i++) {
      assertFalse(audience.completes(Messages.get("user-agent: a; cookie: n=" + i), 2));
    }
  }

  @Test
  void behindAnotherProxyVisitorsAreToldApartByWhatItForwards() {
    assertFalse(audience.completes(Messages.get("x-forwarded-for: 192.0.2.1"), 2));
    assertTrue(audience.completes(Messages.get("x-forwarded-for: 192.0.2.2"), 2));
  }

  @Test
  void whereOneIsEnoughNobodyIsCounted() {
    assertTrue(audience.isEnough("//site.test/a", 1));
    assertFalse(audience.completes(Messages.get(""), 1));
  }

  @Test
  void whatOneVisitorAskedForIsNotPublishedUntilAnotherOneGetsItFromTheCache() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/a", "user-agent: one; referer: http://site.test/page");
    until(() -> proxy.cache.entries() == 1);
    proxy.get("/a", "user-agent: one; referer: http://site.test/page");
    assertTrue(proxy.publication.pages.isEmpty());
    assertTrue(proxy.publication.signed.isEmpty());

    assertEquals("Gyre; hit", proxy.get("/a", "user-agent: two").cacheStatus());
    until(() -> proxy.gained.size() == 1);
    assertEquals("//site.test/a", proxy.publication.signed.getFirst().resource());
    assertEquals(1, proxy.asked.size());
  }

  @Test
  void theSecondVisitorsMissPublishesWhenItIsWhole() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/a", "user-agent: one");
    until(() -> proxy.cache.entries() == 1);
    proxy.cache.clear();
    proxy.get("/a", "user-agent: two");
    until(() -> proxy.gained.size() == 1);
  }
}
