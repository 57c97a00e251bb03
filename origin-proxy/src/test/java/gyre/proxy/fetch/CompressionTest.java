package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.Messages;
import gyre.proxy.coding.Decoded;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class CompressionTest {
  private static final String CACHED =
      "cache-control: max-age=60; content-type: text/html; etag: \"v1\"";
  private static final String PAGE = "<p>what a page says again and again</p>\n".repeat(1000);
  private final FlowFixture proxy = new FlowFixture();

  /** What one request got, its body as it came. */
  private record Coded(int status, Headers headers, OptionalLong length, Bytes bytes) {
    String header(String name) {
      return headers.first(name).orElse("");
    }

    String text() throws IOException {
      return Decoded.text(header("content-encoding"), bytes.toArray());
    }
  }

  @AfterEach
  void close() {
    proxy.codings.close();
  }

  private Coded send(Request request) throws Exception {
    Response response = proxy.begin(request);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Body body = response.body()) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        all.writeBytes(bytes(piece.get()));
      }
    }
    return new Coded(
        response.status(),
        response.headers(),
        response.body().length(),
        Bytes.owning(all.toByteArray()));
  }

  private Coded get(String headers) throws Exception {
    return send(Messages.get(headers));
  }

  /** Asks until the coded content is kept: then it has a length. */
  private Coded kept(String headers) throws Exception {
    Coded[] got = {get(headers)};
    until(
        () -> {
          try {
            got[0] = get(headers);
            return got[0].length().isPresent();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    return got[0];
  }

  @ParameterizedTest
  @ValueSource(strings = {"zstd", "br", "gzip"})
  void theFirstVisitorGetsACodedPage(String coding) throws Exception {
    proxy.upstream = request -> ok(CACHED, PAGE);
    Coded first = get("accept-encoding: " + coding);
    assertEquals(coding, first.header("content-encoding"));
    assertEquals(PAGE, first.text());
    assertEquals("W/\"v1~" + coding + "\"", first.header("etag"));
    assertEquals("Accept-Encoding", first.header("vary"));
    assertTrue(first.bytes().length() < PAGE.length() / 20, first.bytes().length() + " bytes");
    assertFalse(first.headers().contains("content-length"));
    assertFalse(first.headers().contains("accept-ranges"));
    assertEquals("identity", proxy.asked.getFirst().headers().first("accept-encoding").get());
  }

  /** A tag gets longer by the coding's name, and Vary by a member; a field has a limit. */
  @ParameterizedTest
  @CsvSource({"no-store, etag", "max-age=60, etag", "no-store, vary", "max-age=60, vary"})
  void whatHasNoRoomForThatLeavesAsItIs(String control, String name) throws Exception {
    String value = "\"" + "t".repeat(8_188) + "\"";
    String fields = "content-type: text/html; cache-control: " + control + "; " + name + ": ";
    proxy.upstream = request -> ok(fields + value, PAGE);
    for (int i = 0; i < 100; i++) {
      Coded plain = send(Messages.request("GET", "/long" + i, "accept-encoding: gzip"));
      assertEquals(PAGE, plain.text());
      assertEquals(value, plain.header(name));
    }
    proxy.upstream = request -> ok(CACHED, PAGE);
    assertEquals("gzip", get("accept-encoding: gzip").header("content-encoding"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"zstd", "br", "gzip"})
  void laterVisitorsGetWhatWasKeptCodedFromTheEventLoop(String coding) throws Exception {
    proxy.upstream = request -> ok(CACHED, PAGE);
    get("");
    until(() -> proxy.cache.entries() == 1);
    Coded kept = kept("accept-encoding: " + coding);
    assertEquals(PAGE, kept.text());
    assertEquals("\"v1~" + coding + "\"", kept.header("etag"));
    assertEquals(kept.bytes().length(), kept.length().getAsLong());
    assertInstanceOf(
        Decision.Answer.class, proxy.flow.tryNow(Messages.get("accept-encoding: " + coding)));
    assertEquals(1, proxy.asked.size());
    double in = proxy.metrics.counter("gyre.proxy.coding.in.bytes", "coding", coding).count();
    assertTrue(in >= PAGE.length(), "coded " + in);
  }

  @Test
  void whoTakesNoCodingGetsIdentityAndIsToldThatItVaries() throws Exception {
    proxy.upstream = request -> ok(CACHED + "; vary: origin", PAGE);
    Coded first = get("");
    assertEquals(PAGE, first.text());
    assertEquals("\"v1\"", first.header("etag"));
    assertEquals("origin, Accept-Encoding", first.header("vary"));
    until(() -> proxy.cache.entries() == 1);
    Coded hit = get("accept-encoding: identity");
    assertEquals("", hit.header("content-encoding"));
    assertEquals("origin, Accept-Encoding", hit.header("vary"));
    assertEquals(PAGE.length(), hit.length().getAsLong());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"v1\"",
        "W/\"v1\"",
        "\"v1~zstd\"",
        "W/\"v1~zstd\"",
        "\"v0\", \"v1~gzip\"",
        "*",
      })
  void aTagOfAnyFormThatTheClientTakesIsNotModified(String tags) throws Exception {
    proxy.upstream = request -> ok(CACHED, PAGE);
    get("");
    until(() -> proxy.cache.entries() == 1);
    for (String accepted : new String[] {"zstd, gzip", "zstd|q=0.5, gzip"}) {
      kept("accept-encoding: " + accepted);
      Coded got = get("accept-encoding: " + accepted + "; if-none-match: " + tags);
      assertEquals(304, got.status());
      assertEquals("Accept-Encoding", got.header("vary"));
      assertEquals("", got.header("content-encoding"));
      assertTrue(
          tags.equals("*") || tags.contains(got.header("etag").replace("W/", "")),
          tags + " -> " + got.header("etag"));
    }
  }

  @Test
  void theTagOfACodingThatIsNotTakenIsNotTheContentsOwn() throws Exception {
    proxy.upstream = request -> ok(CACHED, PAGE);
    get("");
    until(() -> proxy.cache.entries() == 1);
    assertEquals(200, get("accept-encoding: gzip; if-none-match: \"v1~zstd\"").status());
    assertEquals(200, get("if-none-match: \"v1~zstd\"").status());
    assertEquals(304, get("if-none-match: \"v1\"").status());
  }

  @Test
  void aRangeIsOfIdentity() throws Exception {
    proxy.upstream = request -> ok(CACHED, PAGE);
    get("");
    until(() -> proxy.cache.entries() == 1);
    kept("accept-encoding: gzip");
    Coded part = get("accept-encoding: gzip; range: bytes=3-6; if-range: \"v1\"");
    assertEquals(206, part.status());
    assertEquals("what", part.text());
    assertEquals("\"v1\"", part.header("etag"));
    assertEquals("Accept-Encoding", part.header("vary"));
    Coded resumed = get("accept-encoding: gzip; range: bytes=3-6; if-range: \"v1~gzip\"");
    assertEquals(200, resumed.status(), "a part of coded bytes is not continued with others");
    assertEquals(PAGE, resumed.text());
  }

  @Test
  void headTellsWhatGetWould() throws Exception {
    proxy.upstream = request -> ok(CACHED, PAGE);
    get("");
    until(() -> proxy.cache.entries() == 1);
    Coded kept = kept("accept-encoding: br");
    Coded head = send(Messages.request("HEAD", "/a", "accept-encoding: br"));
    assertEquals("br", head.header("content-encoding"));
    assertEquals(Long.toString(kept.length().getAsLong()), head.header("content-length"));
    assertEquals(kept.header("etag"), head.header("etag"));
    assertEquals(0, head.bytes().length());
  }

  @Test
  void headOfWhatIsCodedOnTheFlyHasNoLength() throws Exception {
    proxy.upstream = request -> ok(CACHED + "; content-length: 40000", PAGE);
    Coded head = send(Messages.request("HEAD", "/a", "accept-encoding: gzip"));
    assertEquals("gzip", head.header("content-encoding"));
    assertFalse(head.headers().contains("content-length"));
  }

  @Test
  void whatIsReadInPiecesIsDecodedInPieces() throws Exception {
    for (String coding : new String[] {"zstd", "br", "gzip"}) {
      QueuedBody slow = queued();
      proxy.upstream = request -> new Response(200, Messages.headers(CACHED), slow);
      Request request = Messages.request("GET", "/" + coding, "accept-encoding: " + coding);
      Body body = proxy.begin(request).body();
      slow.offer(ByteBuffer.wrap("<p>first".getBytes(UTF_8)), () -> {});
      byte[] piece = bytes(body.next().orElseThrow());
      assertEquals("<p>first", Decoded.begun(coding, piece, 8), coding);
      slow.end();
      body.close();
    }
  }

  private static byte[] bytes(ByteBuffer piece) {
    byte[] bytes = new byte[piece.remaining()];
    piece.get(bytes);
    return bytes;
  }

  @Test
  void whatDoesNotShrinkStaysIdentityOnceThatIsKnown() throws Exception {
    byte[] noise = new byte[5000];
    new Random(7).nextBytes(noise);
    proxy.upstream = request -> new Response(200, Messages.headers(CACHED), Body.of(noise));
    get("");
    until(() -> proxy.cache.entries() == 1);
    Coded got = kept("accept-encoding: zstd");
    assertEquals("", got.header("content-encoding"));
    assertEquals(5000, got.bytes().length());
    assertEquals("Accept-Encoding", got.header("vary"));
    assertEquals(304, get("accept-encoding: zstd; if-none-match: W/\"v1~zstd\"").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "content-type: text/html; cache-control: no-transform, max-age=60",
        "content-type: text/event-stream",
        "content-type: image/png; cache-control: max-age=60",
      })
  void whatMustNotBeCodedIsNot(String headers) throws Exception {
    proxy.upstream = request -> ok(headers, PAGE);
    Coded got = get("accept-encoding: zstd, br, gzip");
    assertEquals("", got.header("content-encoding"));
    assertEquals("", got.header("vary"));
    assertEquals(PAGE, got.text());
  }

  @Test
  void aPassedAnswerForEverybodyIsCoded() throws Exception {
    proxy.upstream = request -> ok("content-type: text/html; cache-control: no-store", PAGE);
    Coded got = get("accept-encoding: gzip");
    assertEquals("gzip", got.header("content-encoding"));
    assertEquals(PAGE, got.text());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cookie: session=1", "authorization: Basic eDp5"})
  void aPersonalAnswerIsLeftToTheSitesServer(String personal) throws Exception {
    proxy.upstream = request -> ok("content-type: text/html; cache-control: private", PAGE);
    Coded got = get("accept-encoding: gzip; " + personal);
    assertEquals("", got.header("content-encoding"));
    assertEquals("", got.header("vary"));
    assertEquals("gzip", proxy.asked.getLast().headers().first("accept-encoding").get());
  }

  @Test
  void anAnswerThatSetsACookieIsLeftAsItIs() throws Exception {
    proxy.upstream = request -> ok("content-type: text/html; set-cookie: a=b", PAGE);
    assertEquals("", get("accept-encoding: gzip").header("content-encoding"));
  }

  @Test
  void theSitesServerIsAskedAboutItsOwnTags() throws Exception {
    proxy.upstream = request -> new Response(412, Headers.EMPTY, Body.EMPTY);
    send(Messages.request("PUT", "/a", "if-match: \"v1~zstd\""));
    assertEquals("\"v1~zstd\", \"v1\"", proxy.asked.getLast().headers().joined("if-match").get());
    proxy.upstream = request -> new Response(304, Messages.headers("etag: \"v1\""), Body.EMPTY);
    Coded same = get("authorization: x; accept-encoding: zstd; if-none-match: W/\"v1~zstd\"");
    assertEquals(304, same.status());
    assertEquals("W/\"v1~zstd\"", same.header("etag"));
  }

  @Test
  void slowReadersDoNotTakeAllEncoders() throws Exception {
    proxy.upstream = request -> ok("content-type: text/html; cache-control: no-store", PAGE);
    Body[] held = new Body[64];
    for (int i = 0; i < held.length; i++) {
      held[i] = proxy.begin(Messages.request("GET", "/" + i, "accept-encoding: gzip")).body();
    }
    assertEquals("", get("accept-encoding: gzip").header("content-encoding"));
    held[0].close();
    assertEquals("gzip", get("accept-encoding: gzip").header("content-encoding"));
    for (Body body : held) {
      body.close();
    }
  }

  @Test
  void aPageThatBreaksOffIsNotMadeWhole() throws Exception {
    QueuedBody broken = queued();
    proxy.upstream = request -> new Response(200, Messages.headers(CACHED), broken);
    Body body = proxy.begin(Messages.get("accept-encoding: gzip")).body();
    broken.offer(ByteBuffer.wrap(PAGE.getBytes(UTF_8)), () -> {});
    broken.fail(new IOException("reset"));
    assertThrows(
        IOException.class,
        () -> {
          while (body.next().isPresent()) {}
        });
    body.close();
  }

  @Test
  void whatTravelsBetweenPeersStaysIdentity() throws Exception {
    proxy.upstream = request -> ok(CACHED, PAGE);
    get("accept-encoding: zstd");
    until(() -> !proxy.publication.signed.isEmpty());
    var signed = proxy.publication.signed.getFirst();
    assertEquals(PAGE.length(), signed.chunks().size());
    Headers headers = new Headers(signed.headers());
    assertEquals("\"v1\"", headers.first("etag").get());
    assertFalse(headers.contains("content-encoding"));
    assertFalse(headers.contains("vary"));
  }

  private static QueuedBody queued() {
    return new QueuedBody(
        OptionalLong.empty(),
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
