package gyre.proxy.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors in the cache. */
class NegativeTest {
  private static final Instant NOW = Messages.NOW;
  private static final Request MISSING = Messages.request("GET", "/missing", "");

  private final MemoryChunkStore store = new MemoryChunkStore(4 << 20, lost -> {});
  private final ResponseCache cache =
      new ResponseCache(store, HeadJournal.NONE, Duration.ofSeconds(10), 1 << 20);

  @Test
  void anErrorThatDoesNotSayHowLongItHoldsIsFreshForAMoment() throws IOException {
    put(MISSING, 404, "last-modified: Sun, 01 Nov 2026 12:00:00 GMT");
    assertInstanceOf(Verdict.Fresh.class, cache.lookUp(MISSING, NOW.plusSeconds(9)));
    assertInstanceOf(Verdict.Stale.class, cache.lookUp(MISSING, NOW.plusSeconds(10)));
  }

  @Test
  void anErrorThatSaysHowLongItHoldsIsTakenAtItsWord() throws IOException {
    put(MISSING, 503, "cache-control: max-age=60");
    assertInstanceOf(Verdict.Fresh.class, cache.lookUp(MISSING, NOW.plusSeconds(59)));
    put(MISSING, 404, "cache-control: max-age=1");
    assertInstanceOf(Verdict.Stale.class, cache.lookUp(MISSING, NOW.plusSeconds(2)));
  }

  @Test
  void whoIsKnownToTheSiteMayFindWhatOthersDoNot() throws IOException {
    Request known = Messages.request("GET", "/missing", "cookie: session=1");
    put(MISSING, 404, "");
    assertInstanceOf(Verdict.Miss.class, cache.lookUp(known, NOW));
    put(MISSING, 404, "cache-control: max-age=60");
    assertInstanceOf(Verdict.Fresh.class, cache.lookUp(known, NOW));
  }

  @Test
  void whereErrorsAreNotWantedNoneIsKept() throws IOException {
    ResponseCache none = new ResponseCache(store, HeadJournal.NONE, Duration.ZERO);
    put(none, MISSING, 404, "", "");
    assertEquals(0, none.entries());
    put(none, MISSING, 404, "cache-control: max-age=60", "");
    assertEquals(1, none.entries());
  }

  @Test
  void whatIsThereReplacesWhatWasNot() throws IOException {
    put(MISSING, 404, "");
    put(MISSING, 200, "cache-control: max-age=60");
    assertEquals(1, cache.entries());
    put(MISSING, 410, "");
    assertEquals(1, cache.entries());
    assertInstanceOf(Verdict.Stale.class, cache.lookUp(MISSING, NOW.plusSeconds(11)));
  }

  @Test
  void errorsArePurgedAsAnythingElse() throws IOException {
    put(MISSING, 404, "cache-tag: gone");
    assertEquals(1, cache.purge(new Purge.Tags("site", java.util.List.of("gone"))).responses());
    put(MISSING, 404, "");
    cache.invalidate(MISSING);
    assertEquals(0, cache.entries());
    put(MISSING, 404, "etag: \"1\"");
    cache.purgeSoftly(new Purge.Everything("site"), NOW);
    assertInstanceOf(Verdict.Stale.class, cache.lookUp(MISSING, NOW));
  }

  @Test
  void aFloodOfDistinctErrorsDrivesOutNothingElse() throws IOException {
    for (int i = 0; i < 200; i++) {
      put(real(i), 200, "cache-control: max-age=60");
    }
    for (int i = 0; i < 20_000; i++) {
      Request request = Messages.request("GET", "/none/" + i, "");
      put(cache, request, 404, "", "There is no " + request.target());
    }
    for (int i = 0; i < 200; i++) {
      assertTrue(cache.knows("//site.test/real/" + i), "/real/" + i);
    }
    assertTrue(cache.entries() < 200 + (1 << 16) / 512, cache.entries() + " entries");
  }

  @ParameterizedTest
  @CsvSource({
    "404,true",
    "405,true",
    "410,true",
    "414,true",
    "403,false",
    "500,false",
    "501,false"
  })
  void onlyWhatIsNotThereIsStoredWithoutBeingTold(int status, boolean isStored) {
    Headers none = Headers.EMPTY;
    assertEquals(isStored, Storability.forbids(MISSING, status, none).isEmpty());
    Headers told = Messages.headers("cache-control: max-age=60");
    assertTrue(Storability.forbids(MISSING, status, told).isEmpty());
  }

  private static Request real(int number) {
    return Messages.request("GET", "/real/" + number, "");
  }

  private void put(Request request, int status, String headers) throws IOException {
    put(cache, request, status, headers, request.target());
  }

  private static void put(
      ResponseCache cache, Request request, int status, String headers, String content)
      throws IOException {
    Representation body = ChunkStoreContract.content(content.getBytes(UTF_8));
    ContentName name = new ContentName("site", body.chunks().digest());
    Headers head = Messages.headers(headers);
    cache.put(
        request,
        StoredResponse.of(request, status, head, name, NOW, NOW),
        new NewContent.Collected(body),
        cache.mark());
  }
}
