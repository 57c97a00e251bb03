package gyre.wire.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.codec.DecodeException;
import gyre.wire.key.SigningKey;
import gyre.wire.manifest.ManifestCheck.Reason;
import gyre.wire.manifest.ManifestCheck.Verdict;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ManifestCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final String SITE = "example";
  private static final String PICTURE = "//www.example.com/picture.jpg";
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  private final SigningKey key = SigningKey.generate();
  private final SigningKey stranger = SigningKey.generate();
  private final ManifestCheck check = new ManifestCheck(List.of(key.verifyingKey()), SITE);
  private final Draft good = new Draft(chunks(70_000), key.verifyingKey().id());

  /** A manifest in the making. */
  private record Draft(
      String site,
      String resource,
      int status,
      List<HeaderField> headers,
      ChunkList chunks,
      Digest digest,
      Instant issued,
      long generation,
      KeyId keyId) {
    Draft(ChunkList chunks, KeyId keyId) {
      this(
          SITE,
          PICTURE,
          200,
          List.of(new HeaderField("content-type", "image/jpeg")),
          chunks,
          chunks.digest(),
          NOW,
          5,
          keyId);
    }

    Manifest manifest() {
      return new Manifest(
          site,
          resource,
          status,
          headers,
          chunks.size(),
          digest,
          chunks.isInline() ? chunks.hashes() : Bytes.EMPTY,
          issued,
          Duration.ofMinutes(5),
          generation,
          keyId);
    }

    Draft of(String otherSite, String otherResource) {
      return new Draft(
          otherSite, otherResource, status, headers, chunks, digest, issued, generation, keyId);
    }

    Draft with(ChunkList otherChunks, Digest otherDigest) {
      return new Draft(
          site, resource, status, headers, otherChunks, otherDigest, issued, generation, keyId);
    }

    Draft with(int otherStatus, List<HeaderField> otherHeaders) {
      return new Draft(
          site, resource, otherStatus, otherHeaders, chunks, digest, issued, generation, keyId);
    }

    Draft at(Instant otherIssued, long otherGeneration) {
      return new Draft(
          site, resource, status, headers, chunks, digest, otherIssued, otherGeneration, keyId);
    }

    Draft by(KeyId other) {
      return new Draft(site, resource, status, headers, chunks, digest, issued, generation, other);
    }
  }

  @Test
  void whatOriginProxySignedIsVerified() throws DecodeException {
    SignedManifest signed = sign(good);
    assertEquals(new Verdict.Verified(signed), verdict(signed));
    SignedManifest travelled = ManifestCodec.decode(signed.encoded());
    assertEquals(signed, travelled);
    assertEquals(new Verdict.Verified(travelled), verdict(travelled));
  }

  @TestFactory
  Stream<DynamicTest> aFieldThatWasAlteredAfterSigningIsNoticed() {
    ChunkList other = chunks(70_001);
    return Stream.of(
        altered("site", draft -> draft.of("other", PICTURE)),
        altered("resource", draft -> draft.of(SITE, PICTURE + "?v=2")),
        altered("status", draft -> draft.with(203, draft.headers())),
        altered(
            "a header", draft -> draft.with(200, List.of(new HeaderField("content-type", "a/b")))),
        altered("no header", draft -> draft.with(200, List.of())),
        altered("size, hashes and digest", draft -> draft.with(other, other.digest())),
        altered("digest", draft -> draft.with(draft.chunks(), other.digest())),
        altered("issued", draft -> draft.at(NOW.plus(MILLISECOND), 5)),
        altered("generation", draft -> draft.at(NOW, 6)));
  }

  @Test
  void everyBitOfTheBodyIsCovered() throws DecodeException {
    SignedManifest signed = sign(good);
    byte[] body = signed.body().toArray();
    for (int at = 0; at < body.length; at++) {
      byte[] altered = body.clone();
      altered[at] ^= 1;
      Bytes encoded =
          Bytes.owning(ManifestCodec.encodeEnvelope(Bytes.owning(altered), signed.signature()));
      SignedManifest forged;
      try {
        forged = ManifestCodec.decode(encoded);
      } catch (DecodeException refused) {
        continue;
      }
      assertNotEquals(new Verdict.Verified(forged), verdict(forged), "byte " + at);
    }
  }

  @Test
  void aStrangersKeyIsUnknownAndCannotBorrowTheIdOfAnother() {
    SignedManifest own =
        new ManifestSigner(stranger).sign(good.by(stranger.verifyingKey().id()).manifest());
    assertRejected(Reason.UNKNOWN_KEY, own);
    Bytes signature = stranger.sign(sign(good).body().toArray());
    assertRejected(Reason.SIGNATURE, forged(sign(good).body(), signature, good.manifest()));
  }

  @Test
  void aManifestOfAnotherSiteOrResourceIsRejected() {
    assertRejected(Reason.SITE, sign(good.of("other", PICTURE)));
    assertRejected(Reason.RESOURCE, sign(good.of(SITE, "//www.example.com/other.jpg")));
  }

  @Test
  void timeIsToleratedForHalfAMinuteAndNoLonger() {
    Duration tolerance = Limits.CLOCK_TOLERANCE;
    Duration lifetime = Duration.ofMinutes(5);
    Instant earliest = NOW.plus(tolerance);
    assertVerified(sign(good.at(earliest, 5)));
    assertRejected(Reason.NOT_YET_VALID, sign(good.at(earliest.plus(MILLISECOND), 5)));
    Instant oldest = NOW.minus(lifetime).minus(tolerance);
    assertVerified(sign(good.at(oldest.plus(MILLISECOND), 5)));
    assertRejected(Reason.EXPIRED, sign(good.at(oldest, 5)));
  }

  @Test
  void aGenerationLowerThanOneSeenIsRejected() {
    assertVerified(sign(good.at(NOW, 5)));
    assertVerified(sign(good.at(NOW, 6)));
    assertRejected(Reason.GENERATION, sign(good.at(NOW, 4)));
  }

  @Test
  void aDigestThatIsNotThatOfItsChunksIsRejectedThoughSigned() {
    assertRejected(Reason.DIGEST, sign(good.with(good.chunks(), chunks(1).digest())));
  }

  @Test
  void aListTooLongToStandInlineIsLeftToItsDigest() {
    ChunkList many = new ChunkList(65L * Limits.CHUNK, Bytes.owning(new byte[65 * 32]));
    SignedManifest signed = sign(good.with(many, many.digest()));
    assertVerified(signed);
    assertEquals(Bytes.EMPTY, signed.manifest().hashes());
    assertEquals(java.util.Optional.empty(), signed.manifest().chunks());
  }

  @Test
  void twoKeysOverlap() {
    ManifestCheck both =
        new ManifestCheck(List.of(key.verifyingKey(), stranger.verifyingKey()), SITE);
    SignedManifest later =
        new ManifestSigner(stranger).sign(good.by(stranger.verifyingKey().id()).manifest());
    assertEquals(new Verdict.Verified(later), both.check(later, PICTURE, NOW, 5));
    assertEquals(new Verdict.Verified(sign(good)), both.check(sign(good), PICTURE, NOW, 5));
  }

  @Test
  void aSignerRefusesToSignInTheNameOfAnotherKey() {
    assertThrows(
        IllegalArgumentException.class, () -> new ManifestSigner(stranger).sign(good.manifest()));
  }

  private DynamicTest altered(String field, UnaryOperator<Draft> alteration) {
    return DynamicTest.dynamicTest(
        field,
        () -> {
          Manifest manifest = alteration.apply(good).manifest();
          Bytes body = Bytes.owning(ManifestCodec.encodeBody(manifest));
          assertRejected(Reason.SIGNATURE, forged(body, sign(good).signature(), manifest));
        });
  }

  private static SignedManifest forged(Bytes body, Bytes signature, Manifest manifest) {
    Bytes encoded = Bytes.owning(ManifestCodec.encodeEnvelope(body, signature));
    return new SignedManifest(encoded, body, signature, manifest);
  }

  private SignedManifest sign(Draft draft) {
    return new ManifestSigner(key).sign(draft.manifest());
  }

  private Verdict verdict(SignedManifest signed) {
    return check.check(signed, PICTURE, NOW, 5);
  }

  private void assertVerified(SignedManifest signed) {
    assertEquals(new Verdict.Verified(signed), verdict(signed));
  }

  private void assertRejected(Reason reason, SignedManifest signed) {
    assertEquals(new Verdict.Rejected(reason), verdict(signed));
  }

  private static ChunkList chunks(int size) {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.allocate(size));
    return hasher.finish();
  }
}
