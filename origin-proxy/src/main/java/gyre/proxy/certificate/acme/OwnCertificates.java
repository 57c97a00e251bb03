package gyre.proxy.certificate.acme;

import gyre.proxy.certificate.CertificateFolder;
import gyre.proxy.certificate.PemPair;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates that nobody signed but their own key, each with a key of its own. Any thread. */
public final class OwnCertificates {
  private static final ASN1ObjectIdentifier ACME_IDENTIFIER =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");

  private static final Duration SKEW = Duration.ofDays(1);
  private static final Duration LIFE = Duration.ofDays(365);
  private static final int SERIAL_BITS = 120;
  private static final SecureRandom random = new SecureRandom();

  private OwnCertificates() {}

  /** What a host serves before it has a certificate. */
  public static PemPair meanwhile(String host) {
    return make(host, "CN=gyre: no certificate yet", Optional.empty());
  }

  /** What proves a host by TLS; {@code digest} is that of the key authorization (RFC 8737, 3). */
  static PemPair challenge(String host, byte[] digest) {
    return make(host, "CN=gyre: validation", Optional.of(digest));
  }

  private static PemPair make(String host, String name, Optional<byte[]> digest) {
    try {
      KeyPair keys = CertificateFolder.newKey();
      Instant now = Instant.now();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name(name),
              new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
              Date.from(now.minus(SKEW)),
              Date.from(now.plus(LIFE)),
              new X500Name(name),
              keys.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
      if (digest.isPresent()) {
        builder.addExtension(ACME_IDENTIFIER, true, new DEROctetString(digest.get()));
      }
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
      return PemPair.of(List.of(certificate), keys.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("a certificate of one's own cannot be made", e);
    }
  }
}
