package gyre.wire.vector;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import gyre.wire.PeerKind;
import gyre.wire.codec.PeerSignalCodec;
import gyre.wire.manifest.ChunkList;
import gyre.wire.manifest.Manifest;
import gyre.wire.manifest.ManifestSigner;
import gyre.wire.manifest.SignedManifest;
import gyre.wire.token.Proof;
import gyre.wire.token.SignedToken;
import gyre.wire.token.Token;
import gyre.wire.token.TokenIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is signed in the golden vectors, by name: always with {@link Samples#SITE_KEY}. */
final class GoldenSigned {
  static final Instant ISSUED = Instant.parse("2026-11-21T12:00:00.123Z");

  private static final List<HeaderField> HEADERS =
      List.of(
          new HeaderField("content-type", "image/jpeg"),
          new HeaderField("cache-control", "max-age=600"),
          new HeaderField("etag", "\"v1\""));

  private GoldenSigned() {}

  static Map<String, SignedManifest> manifests() {
    Map<String, SignedManifest> all = new LinkedHashMap<>();
    all.put("empty representation", signed(Samples.chunks(0)));
    all.put("one byte", signed(Samples.chunks(1)));
    all.put("one chunk", signed(Samples.chunks(Limits.CHUNK)));
    all.put("one chunk and a byte", signed(Samples.chunks(Limits.CHUNK + 1)));
    all.put("as many chunks as stand inline", signed(Samples.chunks(64 * Limits.CHUNK)));
    all.put("more chunks than stand inline", signed(Samples.chunks(64 * Limits.CHUNK + 1)));
    return all;
  }

  static Manifest manifest(ChunkList chunks) {
    return new Manifest(
        "example",
        Samples.PICTURE,
        200,
        HEADERS,
        chunks.size(),
        chunks.digest(),
        chunks.isInline() ? chunks.hashes() : Bytes.EMPTY,
        ISSUED,
        Duration.ofMinutes(10),
        3,
        Samples.SITE_KEY.verifyingKey().id());
  }

  static Map<String, SignedToken> tokens() {
    Map<String, SignedToken> all = new LinkedHashMap<>();
    all.put("visitor", signed(PeerKind.VISITOR, Bytes.EMPTY));
    Bytes subject = Samples.OTHER_KEY.verifyingKey().raw();
    all.put("visitor with a subject", signed(PeerKind.VISITOR, subject));
    all.put("worker", signed(PeerKind.WORKER, subject));
    all.put("proxy", signed(PeerKind.PROXY, Samples.SITE_KEY.verifyingKey().raw()));
    return all;
  }

  /** The bytes that are signed where the signature travels alone, by what they are for. */
  static Map<String, byte[]> signedBytes() {
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("proof", Proof.signedBytes(Samples.ramp(32, 200)));
    all.put(
        "offer",
        PeerSignalCodec.signedBytes(
            PeerSignalCodec.OFFER, Samples.CONNECTION, Samples.ALICE, Samples.BOB, Samples.SDP));
    all.put(
        "answer",
        PeerSignalCodec.signedBytes(
            PeerSignalCodec.ANSWER, Samples.CONNECTION, Samples.BOB, Samples.ALICE, Samples.SDP));
    return all;
  }

  /** The digest of representations of these sizes, whose byte at offset i is i modulo 251. */
  static Map<Integer, Digest> digests() {
    Map<Integer, Digest> all = new LinkedHashMap<>();
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 200_000}) {
      all.put(size, Samples.chunks(size).digest());
    }
    return all;
  }

  private static SignedManifest signed(ChunkList chunks) {
    return new ManifestSigner(Samples.SITE_KEY).sign(manifest(chunks));
  }

  private static SignedToken signed(PeerKind kind, Bytes subject) {
    Token token =
        new Token(
            "example",
            kind,
            ISSUED.plus(Duration.ofHours(1)),
            Samples.ramp(16, 50),
            subject,
            Samples.SITE_KEY.verifyingKey().id());
    return new TokenIssuer(Samples.SITE_KEY).issue(token);
  }
}
