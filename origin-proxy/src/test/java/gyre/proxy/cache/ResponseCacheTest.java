package gyre.proxy.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResponseCacheTest {
  private final MemoryChunkStore store = new MemoryChunkStore(1 << 20, lost -> {});
  private final ResponseCache cache = new ResponseCache(store);

  @Test
  void aStoredResponseAnswersTheSameResource() throws IOException {
    put(Messages.get(""), "cache-control: max-age=10", "x");
    assertInstanceOf(Verdict.Fresh.class, cache.lookUp(Messages.get(""), Messages.NOW));
    assertInstanceOf(
        Verdict.Miss.class, cache.lookUp(Messages.request("GET", "/b", ""), Messages.NOW));
    assertInstanceOf(
        Verdict.Stale.class, cache.lookUp(Messages.get(""), Messages.NOW.plusSeconds(11)));
  }

  @Test
  void everyVariantIsKeptBesideTheOthers() throws IOException {
    String headers = "cache-control: max-age=10; vary: Accept-Language, Accept-Encoding; n: ";
    put(Messages.get("accept-language: de"), headers + "1", "de");
    put(Messages.get("accept-language: fr"), headers + "2", "fr");
    put(Messages.get("accept-language: de"), headers + "3", "de again");
    assertEquals(Optional.of("3"), number(Messages.get("accept-language: de")));
    assertEquals(
        Optional.of("2"), number(Messages.get("accept-language: fr; accept-encoding: br")));
    assertEquals(Optional.empty(), number(Messages.get("accept-language: it")));
    assertEquals(Optional.empty(), number(Messages.get("")));
  }

  @Test
  void onlyIfCachedIsNeverFetched() {
    assertInstanceOf(
        Verdict.Unavailable.class,
        cache.lookUp(Messages.get("cache-control: only-if-cached"), Messages.NOW));
  }

  @Test
  void aResponseWhoseBytesAreGoneIsAMiss() throws IOException {
    put(Messages.get(""), "cache-control: max-age=10", "x");
    store.clear();
    assertInstanceOf(Verdict.Miss.class, cache.lookUp(Messages.get(""), Messages.NOW));
  }

  @Test
  void aChangeForgetsTheResource() throws IOException {
    put(Messages.get(""), "cache-control: max-age=10", "x");
    cache.invalidate(Messages.request("POST", "/a", ""));
    assertInstanceOf(Verdict.Miss.class, cache.lookUp(Messages.get(""), Messages.NOW));
  }

  @Test
  void longHeadsAndVariantsCountByTheirBytes() throws IOException {
    ResponseCache small = new ResponseCache(store, HeadJournal.NONE, Duration.ZERO, 1 << 20);
    String secret = "x".repeat(8_000);
    for (int i = 0; i < 500; i++) {
      Request request = Messages.request("GET", "/?n=" + i, "accept-language: " + i + secret);
      put(small, request, "cache-control: max-age=10; vary: accept-language", "x");
    }
    assertTrue(small.entries() <= (1 << 20) / 8_000, small.entries() + " entries");
    assertTrue(small.entries() > 0);
  }

  private Optional<String> number(Request request) {
    return cache.lookUp(request, Messages.NOW) instanceof Verdict.Fresh fresh
        ? fresh.response().headers().first("n")
        : Optional.empty();
  }

  private void put(Request request, String headers, String content) throws IOException {
    put(cache, request, headers, content);
  }

  private static void put(ResponseCache cache, Request request, String headers, String content)
      throws IOException {
    Representation representation =
        ChunkStoreContract.content(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Headers given = Messages.headers(headers).and("date", HttpTime.format(Messages.NOW));
    cache.put(
        request,
        StoredResponse.of(
            request,
            200,
            given,
            new ContentName("site", representation.chunks().digest()),
            Messages.NOW,
            Messages.NOW),
        new NewContent.Collected(representation),
        cache.mark());
  }
}
