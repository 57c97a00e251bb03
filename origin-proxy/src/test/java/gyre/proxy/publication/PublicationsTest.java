package gyre.proxy.publication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PageResources;
import gyre.wire.codec.ClientMessageCodec;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.ManifestCheck;
import gyre.wire.manifest.SignedManifest;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationsTest {
  private static final String SITE = "example";
  private static final Duration ROTATION = Duration.ofDays(30);
  private static final int KEPT = 300;
  private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

  @TempDir Path data;
  private Instant now = START;
  private PublicationStore store;
  private SitePublication site;

  @BeforeEach
  void open() throws Exception {
    store = PublicationStore.open(data.resolve("publication.db"));
    site = new SitePublication(SITE, store, ROTATION, KEPT, () -> now);
  }

  private void restart() throws Exception {
    store.close();
    open();
  }

  private static ChunkList chunks(int size, int seed) {
    ChunkHasher hasher = new ChunkHasher();
    byte[] content = new byte[size];
    Arrays.fill(content, (byte) seed);
    hasher.update(ByteBuffer.wrap(content));
    return hasher.finish();
  }

  private Representation picture(String path, Duration fresh) {
    return new Representation(
        "//example.com" + path,
        200,
        List.of(new HeaderField("content-type", "image/jpeg")),
        chunks(100_000, path.hashCode()),
        now.plus(fresh));
  }

  private boolean isVerified(SignedManifest signed, long generation) {
    return new ManifestCheck(site.keys(), SITE)
            .check(signed, signed.manifest().resource(), now, generation)
        instanceof ManifestCheck.Verdict.Verified;
  }

  @Test
  void theFirstKeySignsAtOnceAndAReaderBelievesIt() {
    SignedManifest signed = site.sign(picture("/a.jpg", Duration.ofHours(1))).orElseThrow();
    assertTrue(isVerified(signed, 0));
    assertEquals(Limits.MANIFEST_LIFETIME, signed.manifest().lifetime());
    assertEquals(Optional.of(signed), site.fresh("//example.com/a.jpg"));
    assertEquals(Optional.of(signed), site.byDigest(signed.manifest().digest()));
  }

  @Test
  void aManifestLivesNoLongerThanTheResponseIsFresh() {
    SignedManifest signed = site.sign(picture("/a.jpg", Duration.ofSeconds(30))).orElseThrow();
    assertEquals(Duration.ofSeconds(30), signed.manifest().lifetime());
    now = now.plusSeconds(31);
    assertTrue(site.fresh("//example.com/a.jpg").isEmpty());
    assertTrue(site.sign(new Representation("//x/y", 200, List.of(), chunks(1, 1), now)).isEmpty());
  }

  @Test
  void theStoreIsReadableByItsOwnerAlone() throws Exception {
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(data.resolve("publication.db")));
  }

  @Test
  void aRestartKeepsKeysManifestsChunksAndGenerationAndTellsThemAgain() throws Exception {
    List<VerifyingKey> keys = site.keys();
    SignedManifest signed = site.sign(picture("/a.jpg", Duration.ofHours(1))).orElseThrow();
    restart();
    assertEquals(keys, site.keys());
    assertEquals(signed.encoded(), site.fresh("//example.com/a.jpg").orElseThrow().encoded());
    assertEquals(
        chunks(100_000, "/a.jpg".hashCode()),
        site.chunks(signed.manifest().digest()).orElseThrow());
    site.again();
    assertEquals(List.of(signed.encoded()), published());
  }

  @Test
  void theSameRepresentationKeepsItsManifestUntilTwoThirdsOfItsLifeAreOver() {
    SignedManifest first = site.sign(picture("/a.jpg", Duration.ofHours(1))).orElseThrow();
    now = now.plus(Duration.ofMinutes(5));
    Representation same =
        new Representation(
            "//example.com/a.jpg",
            200,
            first.manifest().headers(),
            chunks(100_000, "/a.jpg".hashCode()),
            START.plus(Duration.ofHours(1)));
    assertEquals(first, site.sign(same).orElseThrow());
    now = now.plus(Duration.ofMinutes(2));
    assertNotEquals(first, site.sign(same).orElseThrow());
  }

  @Test
  void aManifestIsRenewedAndToldAgainWhileItsResponseIsFresh() {
    SignedManifest first = site.sign(picture("/a.jpg", Duration.ofMinutes(15))).orElseThrow();
    published();
    now = now.plus(Duration.ofMinutes(7));
    site.renew();
    SignedManifest renewed = site.fresh("//example.com/a.jpg").orElseThrow();
    assertEquals(now, renewed.manifest().issued());
    assertEquals(first.manifest().digest(), renewed.manifest().digest());
    assertEquals(List.of(renewed.encoded()), published());
    assertEquals(START.plus(Duration.ofMinutes(15)), renewed.manifest().expires());
    now = START.plus(Duration.ofMinutes(16));
    site.renew();
    assertTrue(site.fresh("//example.com/a.jpg").isEmpty());
    assertTrue(site.byDigest(first.manifest().digest()).isEmpty());
  }

  @Test
  void withdrawingRaisesTheGenerationForGood() throws Exception {
    SignedManifest old = site.sign(picture("/a.jpg", Duration.ofHours(1))).orElseThrow();
    SignedManifest other = site.sign(picture("/b.jpg", Duration.ofHours(1))).orElseThrow();
    published();
    site.withdraw(List.of("//example.com/a.jpg"));
    site.settle();
    assertEquals(
        Optional.of(new ClientMessage.Withdraw(1, List.of("//example.com/a.jpg"))), site.next());
    assertTrue(site.fresh("//example.com/a.jpg").isEmpty());
    assertTrue(!isVerified(old, 1));
    SignedManifest kept = site.fresh("//example.com/b.jpg").orElseThrow();
    assertEquals(other.manifest().digest(), kept.manifest().digest());
    assertTrue(isVerified(kept, 1));
    restart();
    SignedManifest again = site.sign(picture("/a.jpg", Duration.ofHours(1))).orElseThrow();
    assertEquals(1, again.manifest().generation());
  }

  @Test
  void aWithdrawalWithoutAConnectionIsToldWithTheNextOne() throws Exception {
    site.sign(picture("/a.jpg", Duration.ofHours(1)));
    site.withdraw(List.of());
    site.settle();
    assertTrue(site.next().isPresent());
    site.again();
    assertEquals(Optional.of(new ClientMessage.Withdraw(1, List.of())), site.next());
  }

  @Test
  void aFloodOfResourcesLeavesNoMoreRowsThanMemoryHolds() throws Exception {
    for (int i = 0; i < KEPT + 50; i++) {
      site.sign(picture("/?n=" + i, Duration.ofHours(1)));
    }
    assertTrue(site.fresh("//example.com/?n=49").isEmpty());
    assertEquals(KEPT, store.manifests(SITE, now, 10_000).size());
    assertTrue(site.fresh("//example.com/?n=50").isPresent());
  }

  @Test
  void anEvictedResourceLeavesItsTwinReachableByDigest() {
    Instant end = now.plus(Duration.ofHours(1));
    ChunkList same = chunks(99_999, 1);
    site.sign(new Representation("//example.com/first", 200, List.of(), same, end));
    SignedManifest twin =
        site.sign(new Representation("//example.com/twin", 200, List.of(), same, end))
            .orElseThrow();
    for (int i = 0; i < KEPT - 1; i++) {
      site.sign(picture("/?n=" + i, Duration.ofHours(1)));
    }
    assertTrue(site.fresh("//example.com/first").isEmpty());
    assertEquals(Optional.of(twin), site.byDigest(twin.manifest().digest()));
  }

  @Test
  void rowsThatMemoryDoesNotKnowGoOnceTheyAreStale() throws Exception {
    SignedManifest signed = site.sign(picture("/a.jpg", Duration.ofMinutes(1))).orElseThrow();
    ChunkList chunks = site.chunks(signed.manifest().digest()).orElseThrow();
    now = now.plus(Duration.ofMinutes(2));
    site.renew();
    store.put(new Published(signed, chunks, START.plusSeconds(60)));
    site.renew();
    assertEquals(0, store.manifests(SITE, START, 10).size());
  }

  @Test
  void aStartReadsNoMoreThanItKeepsAndPrefersWhatIsFreshForLongest() throws Exception {
    for (int i = 0; i < 20; i++) {
      site.sign(picture("/" + i, Duration.ofMinutes(20 + i)));
    }
    assertEquals(
        List.of("//example.com/17", "//example.com/18", "//example.com/19"),
        store.manifests(SITE, now, 3).stream().map(e -> e.signed().manifest().resource()).toList());
    assertEquals(3, store.manifests(SITE, now, 100).size(), "the others are removed");
  }

  @Test
  void manyManifestsAndPagesTravelInMessagesWithinTheLimits() {
    for (int i = 0; i < 300; i++) {
      site.sign(picture("/" + i + ".jpg", Duration.ofHours(1)));
      site.pageResource("//example.com/page" + i % 20, "//example.com/" + i + ".jpg");
      site.pageResource("//example.com/page0", "//example.com/" + "x".repeat(2_000) + i);
    }
    int manifests = 0;
    List<PageResources> pages = new ArrayList<>();
    Optional<ClientMessage> message = site.next();
    while (message.isPresent()) {
      assertTrue(ClientMessageCodec.encode(message.get()).length <= Limits.SIGNALLING_FRAME);
      if (message.get() instanceof ClientMessage.Publish publish) {
        manifests += publish.manifests().size();
        pages.addAll(publish.pages());
      }
      message = site.next();
    }
    assertEquals(300, manifests);
    assertEquals(20, pages.size());
  }

  @Test
  void aPageWhoseNameIsNoResourceIsNotTold() {
    site.pageResource("//example.com/" + "\u00ff".repeat(2_000), "//example.com/a.jpg");
    site.pageResource("//example.com/" + "x".repeat(2_048), "//example.com/a.jpg");
    site.pageResource("//example.com/a b", "//example.com/a.jpg");
    site.pageResource("//example.com/", "//example.com/a.jpg");
    ClientMessage.Publish told = (ClientMessage.Publish) site.next().orElseThrow();
    assertEquals(
        List.of(new PageResources("//example.com/", List.of("//example.com/a.jpg"))), told.pages());
  }

  private List<Bytes> published() {
    List<Bytes> manifests = new ArrayList<>();
    Optional<ClientMessage> message = site.next();
    while (message.isPresent()) {
      if (message.get() instanceof ClientMessage.Publish publish) {
        manifests.addAll(publish.manifests());
      }
      message = site.next();
    }
    return manifests;
  }
}
