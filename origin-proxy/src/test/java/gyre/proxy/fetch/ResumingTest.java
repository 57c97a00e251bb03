package gyre.proxy.fetch;

import static gyre.proxy.fetch.FlowFixture.ok;
import static gyre.proxy.fetch.FlowFixture.until;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.proxy.cache.Messages;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.wire.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that break off after the first chunk. */
@Timeout(20)
class ResumingTest {
  private static final String PUBLIC = "cache-control: max-age=60; etag: \"one\"";
  private static final String WHOLE = "one ".repeat(16_384) + "two ".repeat(16_384) + "three";

  private final FlowFixture proxy = new FlowFixture();

  @BeforeEach
  void aManifestIsKnownAndOnePeerHoldsTheFirstChunk() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, WHOLE);
    proxy.get("/a", "");
    until(() -> proxy.gained.size() == 1);
    proxy.cache.clear();
    proxy.asked.clear();
    proxy.peers = (manifest, deadline) -> new PeerSource.Outcome.Found(brokenOff());
  }

  @Test
  void theUpstreamProvidesTheRest() throws Exception {
    proxy.upstream = request -> part(request, WHOLE);
    Got got = proxy.get("/a", "cookie: mine=1");
    assertEquals(WHOLE, got.body());
    assertEquals("Gyre; fwd=miss; detail=peer", got.cacheStatus());
    Headers asked = proxy.asked.getLast().headers();
    assertEquals(Optional.of("bytes=65536-"), asked.first("range"));
    assertEquals(Optional.of("\"one\""), asked.first("if-range"));
    assertEquals(Optional.empty(), asked.first("cookie"));
    until(() -> proxy.cache.entries() == 1);
  }

  @Test
  void anUpstreamWithoutRangesIsReadFromTheStart() throws Exception {
    proxy.upstream = request -> ok(PUBLIC, WHOLE);
    assertEquals(WHOLE, proxy.get("/a", "").body());
  }

  @Test
  void anotherVersionIsNeverMixedIn() {
    proxy.upstream = request -> part(request, WHOLE.replace("three", "other"));
    assertThrows(IOException.class, () -> proxy.get("/a", ""));
    assertEquals(0, proxy.cache.entries());
  }

  @Test
  void anUpstreamThatHasLessEndsTheStream() {
    proxy.upstream = request -> ok(PUBLIC, WHOLE.substring(0, 70_000));
    assertThrows(IOException.class, () -> proxy.get("/a", ""));
  }

  @Test
  void anUpstreamThatRefusesEndsTheStream() {
    proxy.upstream = request -> new Response(503, Headers.EMPTY, Body.EMPTY);
    assertThrows(IOException.class, () -> proxy.get("/a", ""));
  }

  private static Response part(Request request, String whole) {
    String range = request.headers().first("range").orElse("bytes=0-");
    int from = Integer.parseInt(range.substring(6, range.length() - 1));
    return new Response(
        206,
        Messages.headers(
            "content-range: bytes " + from + "-" + (whole.length() - 1) + "/" + whole.length()),
        Body.of(whole.substring(from).getBytes(US_ASCII)));
  }

  /** Its first chunk, then a failure. */
  private static Body brokenOff() {
    byte[] first = WHOLE.substring(0, Limits.CHUNK).getBytes(US_ASCII);
    return ScriptedBody.brokenAfter(ByteBuffer.wrap(first)).withLength(WHOLE.length());
  }
}
