package gyre.wire.manifest;

import gyre.wire.Bytes;

/**
 * A manifest as it travels; made by {@link ManifestCodec} and {@link ManifestSigner}. {@code
 * encoded} is what is stored and passed on, {@code body} the part of it that {@code signature}
 * covers, {@code manifest} what the body says. Decoded is not checked: see {@link ManifestCheck}.
 */
public record SignedManifest(Bytes encoded, Bytes body, Bytes signature, Manifest manifest) {}
