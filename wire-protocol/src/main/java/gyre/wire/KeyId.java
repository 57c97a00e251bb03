package gyre.wire;

import java.util.Base64;

/**
 * The first 8 bytes of the SHA-256 of a raw Ed25519 public key. Text form: base64url, 11
 * characters.
 */
public record KeyId(Bytes bytes) {
  public static final int LENGTH = 8;

  public KeyId {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a key id has 8 bytes, not " + bytes.length());
    }
  }

  @Override
  public String toString() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toArray());
  }
}
