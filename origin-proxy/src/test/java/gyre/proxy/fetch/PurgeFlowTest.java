package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.Messages;
import gyre.proxy.cache.Purge;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.message.Body;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Response;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a purge does to fetches that are under way. */
@Timeout(20)
class PurgeFlowTest {
  private static final String PUBLIC =
      "cache-control: max-age=60; content-type: image/png; cache-tag: news; etag: \"1\"";

  private final FlowFixture proxy = new FlowFixture();

  private static Purge purge(String kind) {
    return switch (kind) {
      case "resource" -> new Purge.Resources("site", Set.of("//site.test/a"));
      case "prefix" -> new Purge.Prefixes("site", List.of("/a"));
      case "host and prefix" -> new Purge.Prefixes("site", List.of("//site.test/"));
      case "tag" -> new Purge.Tags("site", List.of("NEWS"));
      default -> new Purge.Everything("site");
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"resource", "prefix", "host and prefix", "tag", "everything"})
  void whatIsFilledWhileItIsPurgedIsNeitherKeptNorSigned(String kind) throws Exception {
    filledWhile(flow -> flow.cache.purge(purge(kind)));
    assertEquals(0, proxy.cache.entries());
    assertTrue(proxy.publication.signed.isEmpty());
  }

  @Test
  void whatIsFilledWhileItIsChangedIsNotKept() throws Exception {
    filledWhile(flow -> flow.cache.invalidate(Messages.request("POST", "/a", "")));
    assertEquals(0, proxy.cache.entries());
  }

  @Test
  void whatIsFilledWhileAnotherSiteOrResourceIsPurgedIsKept() throws Exception {
    filledWhile(
        flow -> {
          flow.cache.purge(new Purge.Everything("other"));
          flow.cache.purge(new Purge.Prefixes("site", List.of("/b")));
          flow.cache.purge(new Purge.Tags("site", List.of("sport")));
        });
    until(() -> proxy.cache.entries() == 1 && !proxy.publication.signed.isEmpty());
  }

  private void filledWhile(Consumer<FlowFixture> purged) throws Exception {
    QueuedBody body = queued();
    proxy.upstream = request -> new Response(200, Messages.headers(PUBLIC), body);
    Response response = proxy.begin(Messages.get(""));
    purged.accept(proxy);
    body.offer(ByteBuffer.wrap("the old version".getBytes(UTF_8)), () -> {});
    body.end();
    assertEquals("the old version", FlowFixture.read(response).body());
    proxy.upstream = request -> ok("cache-control: max-age=60", "kept after the other one");
    proxy.get("/alone/last", "");
    until(() -> proxy.cache.knows("//site.test/alone/last"));
    proxy.cache.purge(new Purge.Resources("site", Set.of("//site.test/alone/last")));
  }

  private static QueuedBody queued() {
    return new QueuedBody(
        OptionalLong.empty(),
        1 << 20,
        Duration.ofSeconds(10),
        new QueuedBody.Feed() {
          @Override
          public void wanted() {}

          @Override
          public void abandoned() {}
        });
  }

  @Test
  void whoeverAsksAfterAPurgeDoesNotJoinAFetchThatBeganBefore() throws Exception {
    QueuedBody old = queued();
    proxy.upstream = request -> new Response(200, Messages.headers(PUBLIC), old);
    Response before = proxy.begin(Messages.get(""));
    proxy.cache.purge(purge("tag"));
    proxy.upstream = request -> ok(PUBLIC, "the new version");
    assertEquals("the new version", proxy.get("/a", "").body());
    old.offer(ByteBuffer.wrap("the old version".getBytes(UTF_8)), () -> {});
    old.end();
    assertEquals("the old version", FlowFixture.read(before).body());
    until(() -> proxy.cache.entries() == 1);
    Got got = proxy.get("/a", "");
    assertEquals("Gyre; hit", got.cacheStatus());
    assertEquals("the new version", got.body());
  }

  @Test
  void aValidationThatEndsAfterAPurgeBringsNothingBack() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, "the old version");
    proxy.get("/a", "");
    until(() -> proxy.publication.signed.size() == 1);
    proxy.now = proxy.now.plusSeconds(100);
    proxy.upstream =
        request -> {
          proxy.cache.purge(purge("prefix"));
          return new Response(304, Messages.headers(PUBLIC), Body.EMPTY);
        };
    assertEquals("the old version", proxy.get("/a", "").body());
    assertEquals(0, proxy.cache.entries());
    assertEquals(1, proxy.publication.signed.size());
  }

  @Test
  void aSoftPurgeIsUndoneByTheUpstreamAlone() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, "content");
    proxy.get("/a", "");
    until(() -> proxy.cache.entries() == 1);
    proxy.cache.purgeSoftly(purge("tag"), proxy.now);
    proxy.upstream = request -> new Response(304, Messages.headers(PUBLIC), Body.EMPTY);
    assertEquals("Gyre; fwd=stale; detail=upstream", proxy.get("/a", "").cacheStatus());
    assertEquals("\"1\"", proxy.asked.getLast().headers().first("if-none-match").orElse(""));
    assertEquals("Gyre; hit", proxy.get("/a", "").cacheStatus());
  }

  @Test
  void tagsAreNotTheVisitorsBusiness() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, "content");
    assertEquals("", proxy.get("/a", "").header("cache-tag"));
    until(() -> proxy.cache.entries() == 1);
    assertEquals("", proxy.get("/a", "").header("cache-tag"));
    proxy.upstream = request -> ok("cache-tag: news; cache-control: private", "mine");
    assertEquals("", proxy.get("/b", "").header("cache-tag"));
    assertEquals("", proxy.send(Messages.request("POST", "/b", "")).header("cache-tag"));
  }
}
