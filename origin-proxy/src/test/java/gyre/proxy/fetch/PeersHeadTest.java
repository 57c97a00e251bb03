package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.cache.Purge;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.message.Body;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a manifest does not say of a response, and what becomes of it in the cache all the same. */
@Timeout(20)
class PeersHeadTest {
  private static final String PUBLIC = "cache-control: max-age=60; content-type: image/png";
  private static final String CONTENT = "the bytes of a picture";
  private static final String OF_PEERS = "Gyre; fwd=miss; detail=peer";
  private static final String OF_UPSTREAM = "Gyre; fwd=miss; detail=upstream";

  private final FlowFixture proxy = new FlowFixture();

  /** It was signed, the cache has lost it since, and peers hold it. */
  private void peersHold(String headers) throws Exception {
    proxy.upstream = request -> ok(headers, CONTENT);
    proxy.get("/a", "");
    until(() -> proxy.gained.size() == 1);
    proxy.cache.clear();
    proxy.peers =
        (manifest, deadline) -> new PeerSource.Outcome.Found(Body.of(CONTENT.getBytes(UTF_8)));
  }

  private Got kept(String headers) throws Exception {
    Got got = proxy.get("/a", headers);
    until(() -> proxy.cache.entries() == 1);
    return got;
  }

  @Test
  void aPurgeByTagForgetsWhatPeersBroughtWhateverItsTagsAre() throws Exception {
    peersHold(PUBLIC + "; cache-tag: news");
    Got got = kept("");
    assertEquals(OF_PEERS, got.cacheStatus());
    assertEquals("", got.header("cache-tag"));
    assertEquals(1, proxy.cache.purge(new Purge.Tags("site", List.of("news"))).responses());
  }

  @Test
  void whatPeersBringIsFreshNoLongerThanItWas() throws Exception {
    peersHold(PUBLIC);
    proxy.now = proxy.now.plusSeconds(50);
    Got got = kept("");
    assertEquals(OF_PEERS, got.cacheStatus());
    assertEquals("50", got.header("age"));
    proxy.now = proxy.now.plusSeconds(9);
    assertEquals("Gyre; hit", proxy.get("/a", "").cacheStatus());
    proxy.now = proxy.now.plusSeconds(1);
    assertEquals("Gyre; fwd=stale; detail=upstream", proxy.get("/a", "").cacheStatus());
  }

  @Test
  void whatTheUpstreamToldThisCacheAloneHolds() throws Exception {
    peersHold("cache-control: max-age=3600; cdn-cache-control: max-age=60");
    assertEquals("3540", kept("").header("age"));
    proxy.now = proxy.now.plusSeconds(60);
    assertEquals("Gyre; fwd=stale; detail=upstream", proxy.get("/a", "").cacheStatus());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sec-fetch-dest: iframe", "cache-control: no-cache"})
  void whatIsNotForPeersToAnswerTheUpstreamDoes(String headers) throws Exception {
    peersHold(PUBLIC);
    assertEquals(OF_UPSTREAM, proxy.get("/a", headers).cacheStatus());
  }

  @Test
  void aDocumentNeedsAllThatTheUpstreamSaysOfIt() throws Exception {
    peersHold("cache-control: max-age=60; content-type: Text/HTML");
    assertEquals(OF_UPSTREAM, proxy.get("/a", "").cacheStatus());
  }
}
