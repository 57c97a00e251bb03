package gyre.proxy.http;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates of tests with a key of its own. */
public record Issuer(String name, KeyPair keys) {
  private static final SecureRandom random = new SecureRandom();

  public Issuer(String name) throws GeneralSecurityException {
    this(name, newKeys());
  }

  public static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** {@code names}: {@code dns:a.test,ip:127.0.0.1}. */
  public X509Certificate sign(
      String subject, PublicKey key, String names, Instant from, Instant until)
      throws GeneralSecurityException {
    GeneralName[] all = Stream.of(names.split(",")).map(Issuer::name).toArray(GeneralName[]::new);
    try {
      return signed(
          builder(subject, key, from, until)
              .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(all)));
    } catch (CertIOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static GeneralName name(String text) {
    return new GeneralName(
        text.startsWith("ip:") ? GeneralName.iPAddress : GeneralName.dNSName,
        text.substring(text.indexOf(':') + 1));
  }

  /** Its own, as an authority. */
  public X509Certificate authority(Instant from, Instant until) throws GeneralSecurityException {
    try {
      return signed(
          builder(name, keys.getPublic(), from, until)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(true)));
    } catch (CertIOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private JcaX509v3CertificateBuilder builder(
      String subject, PublicKey key, Instant from, Instant until) {
    return new JcaX509v3CertificateBuilder(
        new X500Name("CN=" + name),
        new BigInteger(63, random).add(BigInteger.ONE),
        Date.from(from),
        Date.from(until),
        new X500Name("CN=" + subject),
        key);
  }

  private X509Certificate signed(X509v3CertificateBuilder builder) throws GeneralSecurityException {
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
