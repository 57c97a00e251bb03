package gyre.wire.key;

import gyre.wire.Bytes;
import gyre.wire.KeyId;
import gyre.wire.Limits;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * An Ed25519 public key in its raw form of 32 bytes (RFC 8032, 5.1.5). IllegalArgumentException
 * where the bytes are no point of the curve. Text form: base64url, 43 characters.
 */
public record VerifyingKey(Bytes raw) {
  /** What precedes the raw key in X.509 (RFC 8410, 4). */
  private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  public VerifyingKey {
    Limits.exactly("public key", raw, Limits.PUBLIC_KEY);
    try {
      verifier(raw);
    } catch (GeneralSecurityException refused) {
      throw new IllegalArgumentException("not an Ed25519 public key: " + raw, refused);
    }
  }

  /** Parses the text form; IllegalArgumentException where it is not one. */
  public static VerifyingKey parse(String text) {
    return new VerifyingKey(Bytes.owning(Base64.getUrlDecoder().decode(text)));
  }

  /** The id under which a manifest or a token names this key. */
  public KeyId id() {
    return new KeyId(Bytes.owning(sha256(raw)).slice(0, KeyId.LENGTH));
  }

  /** Whether the signature is this key's over exactly these bytes; false for any other. */
  public boolean verify(byte[] message, Bytes signature) {
    return verify(Bytes.owning(message), signature);
  }

  /** Whether the signature is this key's over exactly these bytes; false for any other. */
  public boolean verify(Bytes message, Bytes signature) {
    try {
      Signature verifier = verifier(raw);
      verifier.update(message.buffer());
      return verifier.verify(signature.toArray());
    } catch (SignatureException malformed) {
      return false;
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("the JDK lost its Ed25519", broken);
    }
  }

  @Override
  public String toString() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(raw.toArray());
  }

  private static Signature verifier(Bytes raw) throws GeneralSecurityException {
    byte[] x509 = new byte[X509_HEAD.length + Limits.PUBLIC_KEY];
    System.arraycopy(X509_HEAD, 0, x509, 0, X509_HEAD.length);
    raw.buffer().get(x509, X509_HEAD.length, Limits.PUBLIC_KEY);
    PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509));
    Signature verifier = Signature.getInstance("Ed25519");
    verifier.initVerify(key);
    return verifier;
  }

  private static byte[] sha256(Bytes bytes) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes.buffer());
      return digest.digest();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}
