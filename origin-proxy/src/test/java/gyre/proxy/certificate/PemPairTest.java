package gyre.proxy.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemPairTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path folder;

  private TlsConfig.Certificate files(String keys, String signature) throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance(keys).generateKeyPair();
    X500Name name = new X500Name("CN=a.test");
    X509CertificateHolder certificate =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(NOW),
                Date.from(NOW.plusSeconds(60)),
                name,
                pair.getPublic())
            .build(new JcaContentSignerBuilder(signature).build(pair.getPrivate()));
    return new TlsConfig.Certificate(
        write("a.pem", Pem.block(Pem.CERTIFICATE, certificate.getEncoded())),
        write("a.key", Pem.block(Pem.PRIVATE_KEY, pair.getPrivate().getEncoded())));
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  @ParameterizedTest
  @CsvSource({"RSA, SHA256withRSA", "EC, SHA256withECDSA"})
  void theKeysThatVisitorsAreServedWithAreRead(String keys, String signature) throws Exception {
    PemPair pair = PemPair.read(files(keys, signature));
    assertEquals(keys, pair.key().getAlgorithm());
    assertEquals(List.of(), pair.names());
  }

  /** BoringSSL takes such a key, and then fails every handshake. */
  @Test
  void aKeyThatNoVisitorCouldBeServedWithIsNamedBeforehand() throws Exception {
    TlsConfig.Certificate files = files("Ed25519", "Ed25519");
    StartFailure failure = assertThrows(StartFailure.class, () -> PemPair.read(files));
    assertTrue(
        failure.getMessage().startsWith("tls: " + files.key() + ": is of EdDSA; visitors are"),
        failure.getMessage());
  }
}
