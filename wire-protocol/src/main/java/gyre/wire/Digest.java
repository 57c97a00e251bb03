package gyre.wire;

import java.util.Base64;

/**
 * SHA-256, 32 bytes: the one name of a representation (or of an app's code). Text form: base64url,
 * 43 characters.
 */
public record Digest(Bytes bytes) implements Comparable<Digest> {
  public static final int LENGTH = 32;
  public static final int TEXT_LENGTH = 43;

  public Digest {
    if (bytes.length() != LENGTH) {
      throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length());
    }
  }

  /** Parses the text form; throws IllegalArgumentException where it is not one. */
  public static Digest parse(String text) {
    if (text.length() != TEXT_LENGTH) {
      throw new IllegalArgumentException("a digest has 43 characters, not " + text.length());
    }
    Digest digest = new Digest(Bytes.owning(Base64.getUrlDecoder().decode(text)));
    if (!digest.toString().equals(text)) {
      throw new IllegalArgumentException("not the canonical text of a digest");
    }
    return digest;
  }

  /** By bytes: keeps a hash table usable whose keys a stranger chose. */
  @Override
  public int compareTo(Digest other) {
    return bytes.compareUnsigned(other.bytes);
  }

  @Override
  public String toString() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toArray());
  }
}
