package gyre.wire.manifest;

import gyre.wire.Bytes;
import gyre.wire.key.SigningKey;

/** Signs manifests with one key of a site. Safe for use by several threads. */
public record ManifestSigner(SigningKey key) {

  /** IllegalArgumentException where the manifest names another key, or is too long. */
  public SignedManifest sign(Manifest manifest) {
    if (!manifest.keyId().equals(key.verifyingKey().id())) {
      throw new IllegalArgumentException(
          "the manifest names key " + manifest.keyId() + ", this is " + key.verifyingKey().id());
    }
    byte[] body = ManifestCodec.encodeBody(manifest);
    Bytes signature = key.sign(body);
    Bytes signed = Bytes.owning(body);
    Bytes encoded = Bytes.owning(ManifestCodec.encodeEnvelope(signed, signature));
    return new SignedManifest(encoded, signed, signature, manifest);
  }
}
