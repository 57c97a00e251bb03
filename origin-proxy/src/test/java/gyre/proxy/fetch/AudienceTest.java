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
  void theVisitorWhoMakesItEnoughIsCounted() {
    assertFalse(audience.isEnough(Messages.get("user-agent: a"), 3));
    assertFalse(audience.isEnough(Messages.get("user-agent: b"), 3));
    assertTrue(audience.isEnough(Messages.get("user-agent: c"), 3));
    assertTrue(audience.isEnough(Messages.get("user-agent: a"), 3));
  }

  @Test
  void oneVisitorWhoAsksAgainIsOneVisitor() {
    for (int i = 0; i < 10; i++) {
      assertFalse(audience.isEnough(Messages.get("user-agent: a; cookie: n=" + i), 2));
    }
  }

  @Test
  void whatAVisitorSaysOfItsAddressCountsForNothing() {
    assertFalse(audience.isEnough(Messages.get("x-forwarded-for: 192.0.2.1"), 2));
    assertFalse(audience.isEnough(Messages.get("x-forwarded-for: 192.0.2.2"), 2));
  }

  @Test
  void whereOneIsEnoughNobodyIsCounted() {
    assertTrue(audience.isEnough(Messages.get(""), 1));
  }

  @Test
  void aPageDoesNotNameWhatOneVisitorAskedForUntilAnotherOneDoes() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/a", "user-agent: one; referer: http://site.test/page");
    until(() -> proxy.gained.size() == 1);
    proxy.get("/a", "user-agent: one; referer: http://site.test/page");
    assertTrue(proxy.publication.pages.isEmpty());
    assertEquals("//site.test/a", proxy.publication.signed.getFirst().resource());

    proxy.get("/a", "user-agent: two; referer: http://site.test/page");
    assertEquals(1, proxy.publication.pages.size());
    assertEquals(1, proxy.asked.size());
  }
}
