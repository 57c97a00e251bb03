package gyre.proxy.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.IceConfig;
import gyre.operations.config.PeersConfig;
import gyre.operations.config.SiteConfig;
import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.MemoryChunkStore;
import gyre.proxy.cache.MemoryRepresentation;
import gyre.proxy.cache.Messages;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.MemoryPublication;
import gyre.proxy.fetch.Publication;
import gyre.proxy.message.Body;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerFrame;
import gyre.wire.PeerKind;
import gyre.wire.codec.FrameCodec;
import gyre.wire.key.SigningKey;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import gyre.wire.token.SignedToken;
import gyre.wire.token.TokenCheck;
import gyre.wire.token.TokenCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientResourcesTest {
  private final SigningKey identity = SigningKey.generate();
  private final MemoryPublication publication = new MemoryPublication(() -> Messages.NOW);
  private final MemoryChunkStore store = new MemoryChunkStore(4 << 20, lost -> {});
  private final PackedChunks packed = new PackedChunks();
  private final SiteConfig site =
      ConfigFile.parse(
              "test",
              Path.of("/"),
              """
              sites:
                - id: site
                  hosts: [site.test, localhost]
                  upstreams: ["http://127.0.0.1:1"]
                  routes: [{ match: "/account/*", cache: never }]
              """)
          .sites()
          .getFirst();
  private final Sessions sessions =
      new Sessions(
          identity,
          publication,
          new IceConfig(List.of(), IceConfig.Loopback.AUTO),
          "1",
          () -> Messages.NOW);
  private final ClientResources resources =
      new ClientResources(
          new Scripts(sessions),
          sessions,
          new ChunkAnswers(store, publication, packed),
          URI.create("ws://127.0.0.1:8090"));

  @AfterEach
  void close() {
    packed.close();
  }

  @Test
  void aSessionTellsTheSiteAndATokenOfItsOwn() throws Exception {
    JsonNode session = new ObjectMapper().readTree(bytes(get("/.gyre/session", "")));
    assertEquals("site", session.get("site").asText());
    assertEquals(Messages.NOW.toEpochMilli(), session.get("time").asLong());
    assertEquals("/account/*", session.get("policy").get("never").get(0).asText());
    assertEquals("/.gyre/signal", session.get("signal").asText());
    assertEquals(
        publication.keys("site").getFirst().toString(),
        session.get("keys").get(0).get("key").asText());
    SignedToken token =
        TokenCodec.decode(
            Bytes.owning(Base64.getUrlDecoder().decode(session.get("token").asText())));
    assertEquals(PeerKind.VISITOR, token.token().kind());
    assertInstanceOf(
        TokenCheck.Verdict.Accepted.class,
        new TokenCheck(Set.of(identity.verifyingKey()), Set.of()).check(token, Messages.NOW));
  }

  @ParameterizedTest
  @CsvSource({
    "UNSET, www.example.com, off",
    "UNSET, localhost, implied",
    "UNSET, a.localhost, implied",
    "UNSET, 127.0.0.1, implied",
    "UNSET, localhost.example.com, off",
    "ASK, localhost, ask",
    "IMPLIED, www.example.com, implied",
    "OFF, localhost, off"
  })
  void nobodyIsDraftedOnAPublicHost(PeersConfig.Consent configured, String host, String consent) {
    assertEquals(consent, SitePolicy.consent(configured, host));
  }

  @Test
  void theServiceWorkerBeginsWithItsSite() throws IOException {
    Response response = get("/peer-sw.js", "");
    assertTrue(new String(bytes(response), UTF_8).startsWith("self.gyreSite={\"site\":\"site\","));
    assertEquals("/", response.headers().first("service-worker-allowed").orElse(""));
    assertEquals("no-cache", response.headers().first("cache-control").orElse(""));
  }

  @Test
  void aScriptThatHasNotChangedIsNotSentAgain() throws IOException {
    Response whole = get("/peer-client.js", "accept-encoding: gzip, br");
    assertEquals("gzip", whole.headers().first("content-encoding").orElse(""));
    String tag = whole.headers().first("etag").orElseThrow();
    assertEquals(
        304, get("/peer-client.js", "accept-encoding: gzip; if-none-match: " + tag).status());
    assertEquals(200, get("/peer-client.js", "if-none-match: " + tag).status());
    assertEquals(404, get("/.gyre/nothing", "").status());
  }

  @Test
  void textTravelsPacked() throws Exception {
    byte[] text = "a line of text that repeats itself\n".repeat(5_000).getBytes(UTF_8);
    Digest digest = hold(text, "text/plain");
    List<PeerFrame> frames = frames(get("/.gyre/c/" + digest, ""));
    assertInstanceOf(PeerFrame.End.class, frames.getLast());
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (PeerFrame frame : frames.subList(0, frames.size() - 1)) {
      PeerFrame.Packed chunk = assertInstanceOf(PeerFrame.Packed.class, frame);
      whole.writeBytes(Zstd.decompress(chunk.payload().toArray(), Limits.CHUNK));
    }
    assertArrayEquals(text, whole.toByteArray());
  }

  @Test
  void aRangeOnChunkBordersIsAnsweredInFrames() throws Exception {
    byte[] noise = new byte[200_000];
    new Random(3).nextBytes(noise);
    Digest digest = hold(noise, "image/png");
    Response part = get("/.gyre/c/" + digest, "range: bytes=65536-131071");
    assertEquals(206, part.status());
    List<PeerFrame> frames = frames(part);
    assertEquals(2, frames.size());
    PeerFrame.Data chunk = assertInstanceOf(PeerFrame.Data.class, frames.getFirst());
    assertEquals(Bytes.owning(noise).slice(65_536, 65_536), chunk.payload());
    assertEquals(416, get("/.gyre/c/" + digest, "range: bytes=1-5").status());
  }

  @Test
  void whatIsNotHeldOrWasNeverSignedIsToldAsBetweenPeers() throws Exception {
    assertEquals(504, get("/.gyre/c/" + "A".repeat(43), "").status());
    assertEquals(400, get("/.gyre/c/x", "").status());
    ChunkList unsigned = put("private".getBytes(UTF_8));
    assertEquals(504, get("/.gyre/c/" + unsigned.digest(), "").status());
  }

  @Test
  void aChunkListIsItsHashes() throws Exception {
    Digest digest = hold("some text".getBytes(UTF_8), "text/plain");
    assertEquals(
        publication.chunks("site", digest).orElseThrow().hashes(),
        Bytes.owning(bytes(get("/.gyre/chunks/" + digest, ""))));
  }

  @Test
  void pagesOfOtherSitesGetNoSessionAndNoSignalling() throws IOException {
    assertEquals(403, get("/.gyre/session", "sec-fetch-site: cross-site").status());
    String upgrade = "connection: Upgrade; upgrade: websocket; sec-websocket-key: k; ";
    assertEquals(403, get("/.gyre/signal", upgrade + "origin: https://evil.test").status());
    assertEquals(426, get("/.gyre/signal", "").status());
  }

  @Test
  void theWayToSignallingCarriesTheClientsAddressAndNothingElseOfIt() {
    Request request =
        Messages.request(
            "GET",
            "/.gyre/signal",
            "connection: Upgrade; upgrade: websocket; sec-websocket-key: k; cookie: a=b;"
                + " sec-websocket-version: 13; x-forwarded-for: 6.6.6.6; origin: http://site.test");
    Decision.Tunnel tunnel =
        assertInstanceOf(Decision.Tunnel.class, resources.tryNow(request, new Route.Own(site)));
    Request handshake = tunnel.targets().next().orElseThrow().request();
    assertEquals(List.of("127.0.0.1"), handshake.headers().all("x-forwarded-for"));
    assertTrue(handshake.headers().contains("sec-websocket-key"));
    assertTrue(!handshake.headers().contains("cookie"));
  }

  private Response get(String target, String headers) {
    Request request = Messages.request("GET", target, headers);
    Route.Own route = new Route.Own(site);
    return switch (resources.tryNow(request, route)) {
      case Decision.Answer answer -> answer.response();
      case Decision.Pending pending -> resources.serve(pending.request(), route);
      case Decision.Coming _, Decision.Tunnel _ -> throw new IllegalStateException("not here");
    };
  }

  private Digest hold(byte[] bytes, String type) {
    ChunkList chunks = put(bytes);
    publication.sign(
        "site",
        new Publication.Representation(
            "//site.test/x",
            200,
            List.of(new HeaderField("content-type", type)),
            chunks,
            Messages.NOW.plusSeconds(60)));
    return chunks.digest();
  }

  private ChunkList put(byte[] bytes) {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(bytes));
    ChunkList chunks = hasher.finish();
    List<ByteBuffer> pieces = new ArrayList<>();
    for (int i = 0; i < chunks.count(); i++) {
      pieces.add(ByteBuffer.wrap(bytes, i * Limits.CHUNK, chunks.length(i)).slice());
    }
    store.put(new ContentName("site", chunks.digest()), new MemoryRepresentation(chunks, pieces));
    return chunks;
  }

  private static List<PeerFrame> frames(Response response) throws Exception {
    List<PeerFrame> frames = new ArrayList<>();
    try (Body body = response.body()) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        frames.addAll(FrameCodec.decode(piece.get()));
      }
    }
    return frames;
  }

  private static byte[] bytes(Response response) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Body body = response.body()) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        byte[] bytes = new byte[piece.get().remaining()];
        piece.get().get(bytes);
        all.writeBytes(bytes);
      }
    }
    return all.toByteArray();
  }
}
