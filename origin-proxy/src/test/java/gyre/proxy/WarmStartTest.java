package gyre.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import gyre.proxy.cache.ChunkStoreContract;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Messages;
import gyre.proxy.cache.NewContent;
import gyre.proxy.cache.Representation;
import gyre.proxy.cache.ResponseCache;
import gyre.proxy.cache.StoredResponse;
import gyre.proxy.cache.Verdict;
import gyre.proxy.fetch.HoldingsListener;
import gyre.proxy.fetch.MemoryPublication;
import gyre.proxy.fetch.Publication;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.route.RoutePolicy;
import gyre.wire.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmStartTest {
  private static final Instant NOW = Messages.NOW;

  @TempDir private Path folder;
  private final MemoryPublication publication = new MemoryPublication(() -> NOW);
  private final Queue<Digest> told = new ConcurrentLinkedQueue<>();
  private final HoldingsListener listener =
      new HoldingsListener() {
        @Override
        public void gained(String site, Digest digest) {
          told.add(digest);
        }

        @Override
        public void lost(String site, Digest digest) {}
      };

  @Test
  void whatWasSignedIsToldToThePeersAgainAndWhatIsStoredAnswers() throws Exception {
    GyreConfig config = config("site");
    Digest signed;
    try (CacheStores stores = CacheStores.open(config, lost -> {})) {
      ResponseCache cache = cache(stores);
      put(cache, "/private", "private");
      signed = put(cache, "/signed", "signed");
    }
    try (CacheStores stores = CacheStores.open(config, lost -> {})) {
      ResponseCache cache = cache(stores);
      warm(stores, cache, config);
      assertEquals(signed, told.poll());
      assertEquals(2, cache.entries());
      assertInstanceOf(
          Verdict.Fresh.class, cache.lookUpWaiting(Messages.request("GET", "/private", ""), NOW));
    }
    assertEquals(0, told.size());
  }

  @Test
  void aHostThatBelongsToAnotherSiteNowIsNotAnsweredFromTheFormerOne() throws Exception {
    try (CacheStores stores = CacheStores.open(config("site"), lost -> {})) {
      put(cache(stores), "/signed", "signed");
    }
    GyreConfig config = config("other");
    try (CacheStores stores = CacheStores.open(config, lost -> {})) {
      ResponseCache cache = cache(stores);
      warm(stores, cache, config);
      assertEquals(0, cache.entries());
      assertEquals(Set.of(), stores.content().names());
    }
  }

  @Test
  void whatWasOnADiskThatWasNotUsedMeanwhileIsNotKnownAnyMore() throws Exception {
    try (CacheStores stores = CacheStores.open(config("site"), lost -> {})) {
      put(cache(stores), "/a", "a");
    }
    GyreConfig without = config("site", "cache: { disk: 0 }");
    try (CacheStores stores = CacheStores.open(without, lost -> {})) {
      assertEquals(true, stores.disk().isEmpty());
    }
    try (CacheStores stores = CacheStores.open(config("site"), lost -> {})) {
      stores.disk().orElseThrow().heads().load((key, heads) -> told.add(digest(heads)));
      assertEquals(0, told.size());
    }
  }

  private static Digest digest(List<StoredResponse> heads) {
    return heads.getFirst().content().digest();
  }

  private void warm(CacheStores stores, ResponseCache cache, GyreConfig config) {
    new WarmStart(
            stores.disk().orElseThrow(),
            cache,
            new RoutePolicy(config.sites()),
            publication,
            listener)
        .run();
  }

  private static ResponseCache cache(CacheStores stores) {
    return new ResponseCache(stores.content(), stores.journal(), Duration.ZERO);
  }

  private GyreConfig config(String site) {
    return config(site, "cache: { disk: 64MiB, memory: 4MiB }");
  }

  private GyreConfig config(String site, String cache) {
    String yaml =
        """
        data: data
        %s
        sites: [{ id: %s, hosts: ["site.test"], upstreams: ["http://127.0.0.1:1"] }]
        """
            .formatted(cache, site);
    return ConfigFile.parse("test", folder, yaml);
  }

  /** Signed where its name says so. */
  private Digest put(ResponseCache cache, String target, String text) throws IOException {
    Representation content = ChunkStoreContract.content(text.getBytes(UTF_8));
    Digest digest = content.chunks().digest();
    Request request = Messages.request("GET", target, "");
    Headers head = Messages.headers("cache-control: max-age=60");
    ContentName name = new ContentName("site", digest);
    cache.put(
        request,
        StoredResponse.of(request, 200, head, name, NOW, NOW),
        new NewContent.Collected(content),
        cache.mark());
    if (target.equals("/signed")) {
      publication.sign(
          "site",
          new Publication.Representation(
              request.resource(), 200, List.of(), content.chunks(), NOW.plusSeconds(60)));
    }
    return digest;
  }
}
