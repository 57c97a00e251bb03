package gyre.proxy.publication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.fetch.Publication.Representation;
import gyre.wire.Limits;
import gyre.wire.key.VerifyingKey;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ManifestCheck;
import gyre.wire.manifest.SignedManifest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {
  private static final String SITE = "example";
  private static final Duration ROTATION = Duration.ofHours(2);
  private static final Duration LIFETIME = Limits.MANIFEST_LIFETIME;

  @TempDir Path data;
  private Instant now = Instant.parse("2026-11-21T00:00:00Z");
  private PublicationStore store;
  private SitePublication site;

  @BeforeEach
  void open() throws Exception {
    store = PublicationStore.open(data.resolve("publication.db"));
    site = new SitePublication(SITE, store, ROTATION, 100, () -> now);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void restart() throws Exception {
    store.close();
    open();
  }

  private void pass(Duration time) throws Exception {
    now = now.plus(time);
    site.turnKeys();
  }

  private SignedManifest sign(String path) {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(path.getBytes(UTF_8)));
    return site.sign(
            new Representation(
                "//example.com" + path,
                200,
                List.of(),
                hasher.finish(),
                now.plus(Duration.ofDays(1))))
        .orElseThrow();
  }

  private boolean isBelieved(SignedManifest signed, List<VerifyingKey> keys) {
    return new ManifestCheck(keys, SITE).check(signed, signed.manifest().resource(), now, 0)
        instanceof ManifestCheck.Verdict.Verified;
  }

  @Test
  void aKeyThatIsDueIsToldOneLifetimeBeforeItSignsAndTheOldOneOneLifetimeAfter() throws Exception {
    VerifyingKey old = site.keys().getFirst();
    pass(ROTATION.minusSeconds(1));
    assertEquals(List.of(old), site.keys());

    pass(Duration.ofSeconds(1));
    assertEquals(2, site.keys().size());
    VerifyingKey next = site.keys().getLast();
    pass(LIFETIME.minusSeconds(1));
    assertEquals(old.id(), sign("/a").manifest().keyId());

    pass(Duration.ofSeconds(1));
    assertEquals(next.id(), sign("/b").manifest().keyId());
    pass(LIFETIME.minusSeconds(1));
    assertEquals(List.of(old, next), site.keys());

    pass(Duration.ofSeconds(1));
    assertEquals(List.of(next), site.keys());
    assertEquals(1, store.keys(SITE).size(), "the private key is gone from the store, too");
  }

  @Test
  void aManifestIsAlwaysBelievedByWhoeverLoadedASessionWithinItsLifetime() throws Exception {
    record Session(Instant at, List<VerifyingKey> keys) {}
    Deque<Session> sessions = new ArrayDeque<>();
    Deque<SignedManifest> manifests = new ArrayDeque<>();
    Set<VerifyingKey> seen = new HashSet<>();
    for (int minute = 0; minute < 500; minute += 2) {
      pass(Duration.ofMinutes(2));
      if (minute % 98 == 0) {
        restart();
      }
      sessions.add(new Session(now, site.keys()));
      manifests.add(sign("/" + minute));
      seen.addAll(site.keys());
      while (sessions.getFirst().at().isBefore(now.minus(LIFETIME))) {
        sessions.removeFirst();
      }
      while (!manifests.getFirst().manifest().expires().isAfter(now)) {
        manifests.removeFirst();
      }
      assertTrue(isBelieved(manifests.getFirst(), site.keys()), "an older manifest");
      assertTrue(isBelieved(manifests.getLast(), sessions.getFirst().keys()), "an older session");
    }
    assertEquals(4, seen.size());
  }

  @Test
  void anAdministratorMayAskForTheNextKeyOnceAtATime() throws Exception {
    site.rotate();
    site.rotate();
    assertEquals(2, site.keys().size());
    pass(LIFETIME);
    assertEquals(site.keys().getLast().id(), sign("/a").manifest().keyId());
  }

  @Test
  void whatWasSignedBeforeIsRenewedWithTheNewKey() throws Exception {
    SignedManifest first = sign("/a");
    site.rotate();
    pass(LIFETIME.plusSeconds(1));
    SignedManifest renewed = site.fresh("//example.com/a").orElseThrow();
    assertNotEquals(first.manifest().keyId(), renewed.manifest().keyId());
    assertTrue(isBelieved(renewed, site.keys()));
  }

  @Test
  void aProxyThatWasOffForLongSignsWithItsOldKeyUntilTheNextOneIsKnown() throws Exception {
    VerifyingKey old = site.keys().getFirst();
    now = now.plus(ROTATION.multipliedBy(20));
    restart();
    assertEquals(old.id(), sign("/a").manifest().keyId());
    pass(Duration.ZERO);
    assertEquals(2, site.keys().size());
    assertEquals(old.id(), sign("/b").manifest().keyId());
    pass(LIFETIME);
    assertNotEquals(old.id(), sign("/c").manifest().keyId());
  }
}
