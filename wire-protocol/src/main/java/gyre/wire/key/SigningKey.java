package gyre.wire.key;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;

/**
 * An Ed25519 private key (RFC 8032) and the public key that belongs to it. Safe for use by several
 * threads. Its text says nothing of the private part.
 */
public final class SigningKey {
  private final PrivateKey key;
  private final VerifyingKey verifyingKey;

  private SigningKey(KeyPair pair) {
    this.key = pair.getPrivate();
    byte[] x509 = pair.getPublic().getEncoded();
    this.verifyingKey =
        new VerifyingKey(
            Bytes.copyOf(x509).slice(x509.length - Limits.PUBLIC_KEY, Limits.PUBLIC_KEY));
  }

  /** A new key from the system's random numbers. */
  public static SigningKey generate() {
    return new SigningKey(pairFrom(new SecureRandom()));
  }

  /** The key of a PKCS #8 encoding in DER; IllegalArgumentException where it is none. */
  public static SigningKey decode(byte[] pkcs8) {
    try {
      PrivateKey key =
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      byte[] seed =
          ((EdECPrivateKey) key)
              .getBytes()
              .orElseThrow(() -> new IllegalArgumentException("the private key holds no seed"));
      return new SigningKey(pairFrom(new Seed(seed)));
    } catch (GeneralSecurityException refused) {
      throw new IllegalArgumentException("not an Ed25519 private key in PKCS #8", refused);
    }
  }

  /** The private key as PKCS #8 in DER: what a key file holds. */
  public byte[] encode() {
    return key.getEncoded();
  }

  public VerifyingKey verifyingKey() {
    return verifyingKey;
  }

  /** The signature over exactly these bytes, 64 of them. */
  public Bytes sign(byte[] message) {
    try {
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(message);
      return Bytes.owning(signer.sign());
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("the JDK lost its Ed25519", broken);
    }
  }

  @Override
  public String toString() {
    return "the private key of " + verifyingKey;
  }

  private static KeyPair pairFrom(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("the JDK lost its Ed25519", broken);
    }
  }

  /**
   * Random numbers that are the seed of a known key: the JDK has no other way from a private key to
   * its public one.
   */
  private static final class Seed extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final byte[] seed;

    Seed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
