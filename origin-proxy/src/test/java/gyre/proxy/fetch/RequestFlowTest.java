package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import gyre.proxy.cache.Messages;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(20)
class RequestFlowTest {
  private static final String PUBLIC = "cache-control: max-age=60; content-type: image/png";
  private static final String PICTURE = "the bytes of a picture";
  private final FlowFixture proxy = new FlowFixture();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  @Test
  void whatWasFetchedOnceIsAHit() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    assertEquals("Gyre; fwd=miss; detail=upstream", proxy.get("/a", "").cacheStatus());
    until(() -> proxy.cache.entries() == 1);
    Got again = proxy.get("/a", "");
    assertEquals("Gyre; hit", again.cacheStatus());
    assertEquals(PICTURE, again.body());
    assertEquals(1, proxy.asked.size());
  }

  @Test
  void aHitGrowsOlder() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/a", "");
    until(() -> proxy.cache.entries() == 1);
    proxy.now = proxy.now.plusSeconds(7);
    assertEquals("7", proxy.get("/a", "").header("age"));
  }

  @Test
  void aVisitorsCookieNeverReachesTheUpstreamOfAPublicPicture() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    assertEquals(PICTURE, proxy.get("/a", "cookie: session=1").body());
    assertFalse(proxy.asked.getFirst().headers().contains("cookie"));
    until(() -> proxy.cache.entries() == 1);
    assertEquals("Gyre; hit", proxy.get("/a", "cookie: session=2").cacheStatus());
  }

  @Test
  void anAnswerForOneVisitorIsFetchedWithTheirCookieAndKeptByNobody() throws Exception {
    proxy.upstream =
        request -> ok("cache-control: private", request.headers().first("cookie").orElse("nobody"));
    assertEquals("session=1", proxy.get("/me", "cookie: session=1").body());
    assertEquals(2, proxy.asked.size());
    assertEquals("session=2", proxy.get("/me", "cookie: session=2").body());
    assertEquals(3, proxy.asked.size(), "what is known to be private is asked once");
    assertEquals("nobody", proxy.get("/me", "").body());
    assertEquals(0, proxy.cache.entries());
    assertTrue(proxy.publication.signed.isEmpty());
  }

  @Test
  void whatHasToBeValidatedEachTimeIsNotSharedWithThoseWhoSentACookie() throws Exception {
    proxy.upstream =
        request ->
            ok(
                "cache-control: no-cache; etag: \"x\"",
                request.headers().first("cookie").orElse("nobody"));
    assertEquals("session=1", proxy.get("/me", "cookie: session=1").body());
  }

  @Test
  void whatWasStoredToBeValidatedIsNotForThoseWhoSendACookie() throws Exception {
    proxy.upstream =
        request ->
            request.headers().contains("if-none-match")
                ? new Response(304, Messages.headers("etag: \"x\""), Body.EMPTY)
                : ok("etag: \"x\"", request.headers().first("cookie").orElse("nobody"));
    proxy.get("/me", "");
    until(() -> proxy.cache.entries() == 1);
    assertEquals("nobody", proxy.get("/me", "").body());
    assertEquals("session=1", proxy.get("/me", "cookie: session=1").body());
  }

  @Test
  void anAnswerThatIsNotFreshIsNotSharedWhileItStreams() throws Exception {
    QueuedBody slow = queued(OptionalLong.empty());
    proxy.upstream = request -> new Response(200, Messages.headers("etag: \"a\""), slow);
    proxy.begin(Messages.get("x-access-token: alice"));
    proxy.upstream = request -> ok("etag: \"b\"", request.headers().first("x-access-token").get());
    assertEquals("bob", proxy.get("/a", "x-access-token: bob").body());
    slow.end();
  }

  @Test
  void whatAnswersARequestWithAuthorizationMayBeSharedButIsNeverSigned() throws Exception {
    String shared = PUBLIC.replace("max-age=60", "public, max-age=60") + "; etag: \"v1\"";
    proxy.upstream = request -> ok(shared, PICTURE);
    proxy.get("/a", "authorization: Basic x");
    until(() -> proxy.cache.entries() == 1);
    assertEquals("Gyre; hit", proxy.get("/a", "").cacheStatus());
    proxy.upstream = request -> new Response(304, Messages.headers("etag: \"v1\""), Body.EMPTY);
    assertEquals(PICTURE, proxy.get("/a", "cache-control: no-cache").body());
    assertTrue(proxy.publication.signed.isEmpty());
    assertTrue(proxy.gained.isEmpty());
  }

  @Test
  void whatACookieMayHaveChangedIsNotSharedBesideAuthorization() throws Exception {
    proxy.upstream = request -> ok("cache-control: public, max-age=60", PICTURE);
    proxy.get("/a", "authorization: Basic x; cookie: a=b");
    proxy.get("/a", "authorization: Basic x; range: bytes=0-1");
    until(() -> proxy.flow.fetching() == 0);
    assertEquals(0, proxy.cache.entries());
  }

  @Test
  void aRequestWithAuthorizationStaysOnThePlainPath() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, request.headers().first("authorization").orElse(""));
    Got got = proxy.get("/a", "authorization: Basic x");
    assertEquals("Basic x", got.body());
    assertEquals("Gyre; fwd=request; detail=upstream", got.cacheStatus());
    assertEquals(0, proxy.cache.entries());
  }

  @Test
  void concurrentMissesShareOneFetchWhileItStreams() throws Exception {
    QueuedBody body = queued(OptionalLong.empty());
    proxy.upstream = request -> new Response(200, Messages.headers(PUBLIC), body);
    Response first = proxy.begin(Messages.get(""));
    body.offer(ByteBuffer.wrap("one ".getBytes(UTF_8)), () -> {});
    assertEquals("one ", piece(first));
    Response second = proxy.begin(Messages.get(""));
    assertEquals(
        "Gyre; fwd=miss; collapsed; detail=upstream",
        second.headers().first("cache-status").orElse(""));
    assertEquals("one ", piece(second));
    body.offer(ByteBuffer.wrap("two".getBytes(UTF_8)), () -> {});
    body.end();
    assertEquals("two", FlowFixture.read(first).body());
    assertEquals("two", FlowFixture.read(second).body());
    assertEquals(1, proxy.asked.size());
  }

  @Test
  void aLeaderThatFailsHandsOver() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Response> first = new CompletableFuture<>();
    proxy.upstream =
        request -> {
          if (proxy.asked.size() == 1) {
            asked.countDown();
            first.join();
            throw new IOException("broken");
          }
          return ok(PUBLIC, PICTURE);
        };
    Future<Got> leader = threads.submit(() -> proxy.get("/a", ""));
    asked.await();
    Future<Got> follower = threads.submit(() -> proxy.get("/a", ""));
    first.complete(ok("", ""));
    assertEquals(502, leader.get().status());
    assertEquals(PICTURE, follower.get().body());
  }

  @Test
  void aStaleResponseIsValidatedAndServedAgain() throws Exception {
    proxy.upstream =
        request ->
            request.headers().first("if-none-match").filter("\"x\""::equals).isPresent()
                ? new Response(
                    304, Messages.headers("cache-control: max-age=60; etag: \"x\""), Body.EMPTY)
                : ok(PUBLIC + "; etag: \"x\"", PICTURE);
    proxy.get("/a", "");
    until(() -> proxy.gained.size() == 1);
    proxy.now = proxy.now.plusSeconds(100);
    Got got = proxy.get("/a", "");
    assertEquals(PICTURE, got.body());
    assertEquals("Gyre; fwd=stale; detail=upstream", got.cacheStatus());
    assertEquals("0", got.header("age"));
    assertEquals("Gyre; hit", proxy.get("/a", "").cacheStatus());
  }

  @Test
  void whatMayBeStaleForAWhileIsServedAtOnceAndValidatedMeanwhile() throws Exception {
    proxy.upstream = request -> ok("cache-control: max-age=10, stale-while-revalidate=60", "old");
    proxy.get("/a", "");
    until(() -> proxy.cache.entries() == 1);
    proxy.now = proxy.now.plusSeconds(30);
    proxy.upstream = request -> ok("cache-control: max-age=10, stale-while-revalidate=60", "new");
    Got stale = proxy.get("/a", "cookie: session=1");
    assertEquals("old", stale.body());
    assertEquals("Gyre; hit; detail=stale", stale.cacheStatus());
    until(() -> proxy.asked.size() == 2);
    assertFalse(proxy.asked.getLast().headers().contains("cookie"));
    until(() -> body("/a").equals("new"));
    assertEquals(2, proxy.asked.size());
  }

  @Test
  void noMoreThanSoManyAreValidatedAtOnce() throws Exception {
    int resources = BackgroundValidation.MOST + 6;
    proxy.upstream = request -> ok("cache-control: max-age=10, stale-while-revalidate=60", "old");
    for (int i = 0; i < resources; i++) {
      proxy.get("/" + i, "");
    }
    until(() -> proxy.cache.entries() == resources);
    proxy.now = proxy.now.plusSeconds(30);
    CountDownLatch release = new CountDownLatch(1);
    proxy.upstream =
        request -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return ok("cache-control: max-age=10, stale-while-revalidate=60", "new");
        };
    for (int i = 0; i < resources; i++) {
      assertEquals("old", body("/" + i));
    }
    until(() -> proxy.asked.size() == resources + BackgroundValidation.MOST);
    release.countDown();
    until(() -> body("/" + (resources - 1)).equals("new"));
    assertEquals(resources + BackgroundValidation.MOST + 1, proxy.asked.size());
  }

  private String body(String target) {
    try {
      return proxy.get(target, "").body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatIsStoredStandsInForAnUpstreamThatFails() throws Exception {
    proxy.upstream = request -> ok("cache-control: max-age=10, stale-if-error=60", PICTURE);
    proxy.get("/a", "");
    until(() -> proxy.cache.entries() == 1);
    proxy.now = proxy.now.plusSeconds(30);
    proxy.upstream = request -> new Response(503, Messages.headers(""), Body.EMPTY);
    assertEquals(PICTURE, proxy.get("/a", "").body());
    proxy.upstream =
        request -> {
          throw new IOException("refused");
        };
    Got stale = proxy.get("/a", "");
    assertEquals(PICTURE, stale.body());
    assertEquals("Gyre; hit; detail=stale", stale.cacheStatus());
    proxy.now = proxy.now.plusSeconds(60);
    assertEquals(502, proxy.get("/a", "").status());
  }

  @Test
  void aVisitorsOwnConditionsAreAnsweredFromTheWhole() throws Exception {
    proxy.upstream = request -> ok(PUBLIC + "; etag: \"x\"", PICTURE);
    Got got = proxy.get("/a", "if-none-match: \"x\"");
    assertEquals(304, got.status());
    assertFalse(proxy.asked.getFirst().headers().contains("if-none-match"));
  }

  @Test
  void aPartIsAnsweredWhileTheWholeArrives() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    Got got = proxy.get("/a", "range: bytes=4-8");
    assertEquals(206, got.status());
    assertEquals("bytes", got.body());
    assertEquals("bytes 4-8/22", got.header("content-range"));
    until(() -> proxy.cache.entries() == 1);
    assertEquals("picture", proxy.get("/a", "range: bytes=-7").body());
  }

  @Test
  void aPartOfWhatIsTooLargeToKeepIsAskedForAsIs() throws Exception {
    proxy.upstream =
        request ->
            request.headers().contains("range")
                ? new Response(
                    206,
                    Messages.headers("content-range: bytes 0-0/300000"),
                    Body.of("x".getBytes(UTF_8)))
                : ok(PUBLIC, "x".repeat(300_000));
    Got got = proxy.get("/big", "range: bytes=0-0");
    assertEquals(206, got.status());
    assertEquals("x", got.body());
  }

  @Test
  void whatIsTooLargeToKeepStreamsThroughAndMayStillTravel() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, "x".repeat(300_000));
    assertEquals(300_000, proxy.get("/big", "").body().length());
    until(() -> proxy.publication.signed.size() == 1);
    assertEquals(0, proxy.cache.entries());
    assertTrue(proxy.gained.isEmpty());
  }

  @Test
  void aPublicPictureIsSignedWithWhatMayTravel() throws Exception {
    proxy.upstream = request -> ok(PUBLIC + "; server: secret", PICTURE);
    proxy.get("/a?x=1", "referer: http://site.test/page?p=2#top; cookie: a=b");
    until(() -> proxy.gained.size() == 1);
    Publication.Representation signed = proxy.publication.signed.getFirst();
    assertEquals("//site.test/a?x=1", signed.resource());
    assertEquals(2, signed.headers().size());
    assertEquals(22, signed.chunks().size());
    assertEquals(Messages.NOW.plusSeconds(60), signed.freshUntil());
    assertEquals(List.of("//site.test/page?p=2 > //site.test/a?x=1"), proxy.publication.pages);
  }

  @Test
  void aRequestThatComesBackIsRefused() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    assertEquals(508, proxy.get("/a", "via: 1.0 other, HTTP/1.1 gyre-test (Gyre)").status());
    assertEquals(0, proxy.asked.size());
    assertEquals(200, proxy.get("/a", "via: 1.1 gyre-other, 1.1 gyre").status());
    assertEquals("1.1 gyre-other, 1.1 gyre, 1.1 gyre-test", via(proxy.asked.getFirst()));
  }

  private static String via(Request request) {
    return request.headers().joined("via").orElse("");
  }

  @Test
  void theLogDoesNotSayWhoAskedForWhat() throws Exception {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(RequestFlow.class);
    lines.start();
    logger.addAppender(lines);
    try {
      Request request = Messages.get("");
      Request ofNoSite =
          new Request(
              "GET",
              "http",
              "other.test",
              "/private",
              request.headers(),
              Body.EMPTY,
              InetAddress.ofLiteral("192.0.2.7"));
      assertEquals(421, proxy.send(ofNoSite).status());
    } finally {
      logger.detachAppender(lines);
    }
    String line = lines.list.getFirst().getFormattedMessage();
    assertTrue(line.startsWith("421 for GET //other.test/private"), line);
    assertFalse(line.contains("192.0.2.7"), line);
  }

  @Test
  void aRouteCanForbidPeers() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/alone/a", "");
    until(() -> proxy.cache.entries() == 1);
    assertTrue(proxy.publication.signed.isEmpty());
  }

  @Test
  void whatABodyLacksIsNeverKept() throws Exception {
    proxy.upstream =
        request -> {
          QueuedBody body = queued(OptionalLong.of(100));
          body.offer(ByteBuffer.wrap("half".getBytes(UTF_8)), () -> {});
          body.fail(new IOException("cut off"));
          return new Response(200, Messages.headers(PUBLIC), body);
        };
    assertThrows(IOException.class, () -> proxy.get("/a", ""));
    assertEquals(0, proxy.cache.entries());
    assertTrue(proxy.publication.signed.isEmpty());
  }

  @Test
  void withAFreshManifestPeersAnswerEvenWithoutAnUpstream() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/a", "");
    until(() -> proxy.gained.size() == 1);
    proxy.cache.clear();
    proxy.upstream =
        request -> {
          throw new IOException("the upstream is down");
        };
    proxy.peers =
        (manifest, deadline) -> new PeerSource.Outcome.Found(Body.of(PICTURE.getBytes(UTF_8)));
    Got got = proxy.get("/a", "");
    assertEquals(PICTURE, got.body());
    assertEquals("Gyre; fwd=miss; detail=peer", got.cacheStatus());
    assertEquals("image/png", got.header("content-type"));
  }

  @Test
  void whenPeersHaveNothingTheUpstreamAnswers() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/a", "");
    until(() -> proxy.gained.size() == 1);
    proxy.cache.clear();
    assertEquals("Gyre; fwd=miss; detail=upstream", proxy.get("/a", "").cacheStatus());
  }

  @Test
  void aPeerThatIsSlowIsOvertakenAndCancelled() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, PICTURE);
    proxy.get("/a", "");
    until(() -> proxy.gained.size() == 1);
    proxy.cache.clear();
    CountDownLatch cancelled = new CountDownLatch(1);
    proxy.peers =
        (manifest, deadline) -> {
          try {
            new CountDownLatch(1).await();
            return new PeerSource.Outcome.NotFound("never");
          } catch (InterruptedException e) {
            cancelled.countDown();
            throw e;
          }
        };
    assertEquals("Gyre; fwd=miss; detail=upstream", proxy.get("/a", "").cacheStatus());
    cancelled.await();
  }

  @Test
  void aFailingUpstreamIsToldInOneLine() throws Exception {
    proxy.upstream =
        request -> {
          throw new IOException("cannot connect to 10.0.0.1:80");
        };
    Got got = proxy.get("/a", "");
    assertEquals(502, got.status());
    assertFalse(got.body().contains("10.0.0.1"), got.body());
    assertTrue(got.body().startsWith("gyre: the site's server cannot be reached"), got.body());
    proxy.upstream =
        request -> {
          throw new SocketTimeoutException("no response");
        };
    assertEquals(504, proxy.get("/b", "").status());
  }

  @Test
  void anUpgradeToAnythingButAWebSocketIsAnOrdinaryRequest() throws Exception {
    proxy.upstream = request -> ok("", request.headers().first("upgrade").orElse("none"));
    assertEquals(
        "none", proxy.get("/a", "connection: upgrade, http2-settings; upgrade: h2c").body());
  }

  @Test
  void aChangeIsPassedOnAndMakesWhatIsKnownInvalid() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, request.method());
    proxy.get("/a", "");
    until(() -> proxy.cache.entries() == 1);
    Got got = proxy.send(Messages.request("POST", "/a", "cookie: a=b"));
    assertEquals("POST", got.body());
    assertEquals("Gyre; fwd=method; detail=upstream", got.cacheStatus());
    assertEquals("Gyre; fwd=miss; detail=upstream", proxy.get("/a", "").cacheStatus());
  }

  @Test
  void whoIsAskedLearnsWhoAsks() throws Exception {
    proxy.upstream = request -> ok("", "");
    proxy.get(
        "/a",
        "x-forwarded-for: 6.6.6.6; x-forwarded-prefix: //evil; x-original-url: /b; forwarded: for=6.6.6.6; connection: x-secret; x-secret: y;"
            + " x_forwarded_host: evil; x_original_url: /b; if_match: x;"
            + " te: trailers; via: 1.0 other; accept-encoding: gzip");
    var headers = proxy.asked.getFirst().headers();
    assertEquals(List.of("127.0.0.1"), headers.all("x-forwarded-for"));
    assertEquals("1.0 other, 1.1 gyre-test", headers.joined("via").orElse(""));
    assertEquals("site.test", headers.first("x-forwarded-host").orElse(""));
    assertEquals("identity", headers.first("accept-encoding").orElse(""));
    assertFalse(headers.contains("x-secret"));
    assertFalse(headers.contains("x-forwarded-prefix"));
    assertFalse(headers.contains("x-original-url"));
    assertTrue(headers.fields().stream().noneMatch(field -> field.name().contains("_")));
    assertEquals(List.of("for=127.0.0.1;host=\"site.test\";proto=http"), headers.all("forwarded"));
    assertFalse(headers.contains("te"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cache-control: no-store", "x-large: refused"})
  void oneRequestDoesNotMakeOthersAskForThemselves(String headers) throws Exception {
    proxy.upstream =
        request -> request.headers().contains("x-large") ? status(431) : ok(PUBLIC, PICTURE);
    proxy.get("/a", headers);
    proxy.get("/a", "cookie: mine=1");
    assertFalse(proxy.asked.getLast().headers().contains("cookie"));
    until(() -> proxy.cache.entries() == 1);
  }

  private static Response status(int status) {
    return new Response(status, Headers.EMPTY, Body.EMPTY);
  }

  private static String piece(Response response) throws IOException {
    ByteBuffer piece = response.body().next().orElseThrow();
    byte[] bytes = new byte[piece.remaining()];
    piece.get(bytes);
    return new String(bytes, UTF_8);
  }

  private static QueuedBody queued(OptionalLong length) {
    return new QueuedBody(
        length,
        1 << 20,
        Duration.ofSeconds(5),
        new QueuedBody.Feed() {
          @Override
          public void wanted() {}

          @Override
          public void abandoned() {}
        });
  }
}
