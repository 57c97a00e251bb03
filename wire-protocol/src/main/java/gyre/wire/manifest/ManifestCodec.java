package gyre.wire.manifest;

import gyre.wire.Bytes;
import gyre.wire.Digest;
import gyre.wire.KeyId;
import gyre.wire.Limits;
import gyre.wire.codec.DecodeException;
import gyre.wire.codec.Fields;
import gyre.wire.codec.MessageReader;
import gyre.wire.codec.MessageSink;
import java.time.Duration;
import java.time.Instant;

/** Manifests to bytes and back; PROTOCOL.md, section 2. No state. */
public final class ManifestCodec {
  private static final int VERSION = 1;

  private ManifestCodec() {}

  /** Decodes an envelope and its body; the signature is not checked. */
  public static SignedManifest decode(Bytes encoded) throws DecodeException {
    return MessageReader.whole(encoded.buffer(), Limits.MANIFEST, in -> readEnvelope(encoded, in));
  }

  /** The body: exactly what is signed. */
  static byte[] encodeBody(Manifest manifest) {
    return MessageSink.encode(Limits.MANIFEST, out -> describe(manifest, out));
  }

  static byte[] encodeEnvelope(Bytes body, Bytes signature) {
    return MessageSink.encode(Limits.MANIFEST, out -> out.array(2).bytes(body).bytes(signature));
  }

  private static SignedManifest readEnvelope(Bytes encoded, MessageReader in)
      throws DecodeException {
    in.fields(2);
    Bytes body = in.bytes("manifest", Limits.MANIFEST);
    Bytes signature = in.bytesOf("signature", Limits.SIGNATURE);
    Manifest manifest =
        MessageReader.whole(body.buffer(), Limits.MANIFEST, ManifestCodec::readBody);
    return new SignedManifest(encoded, body, signature, manifest);
  }

  private static void describe(Manifest manifest, MessageSink out) {
    out.array(12)
        .uint(VERSION)
        .text(manifest.site())
        .text(manifest.resource())
        .uint(manifest.status())
        .list(manifest.headers(), Fields::header)
        .uint(manifest.size())
        .bytes(manifest.digest().bytes())
        .bytes(manifest.hashes())
        .uint(manifest.issued().toEpochMilli())
        .uint(manifest.lifetime().toMillis())
        .uint(manifest.generation())
        .bytes(manifest.keyId().bytes());
  }

  private static Manifest readBody(MessageReader in) throws DecodeException {
    in.fields(12);
    long version = in.uint("version");
    if (version != VERSION) {
      throw in.malformed("a manifest of version " + version);
    }
    return new Manifest(
        in.text("site", Limits.SITE),
        in.text("resource", Limits.RESOURCE),
        in.uint31("status"),
        in.list("headers", Limits.HEADERS, Fields::header),
        in.uint("size", Limits.REPRESENTATION),
        in.digest(),
        in.bytes("hashes", Limits.INLINE_CHUNKS * Digest.LENGTH),
        Instant.ofEpochMilli(in.uint("issued")),
        Duration.ofMillis(in.uint("lifetime", Limits.MANIFEST_LIFETIME.toMillis())),
        in.uint("generation"),
        new KeyId(in.bytesOf("key id", KeyId.LENGTH)));
  }
}
