package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.operations.config.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates for tests, as PEM files. */
public final class Certificates {
  private static final Duration LIFE = Duration.ofDays(90);

  private Certificates() {}

  /** {@code names}: {@code dns:a.test,ip:127.0.0.1}. Valid for 90 days from now. */
  public static TlsConfig.Certificate make(Path folder, String name, String names)
      throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    return make(folder, name, names, now, now.plus(LIFE));
  }

  public static TlsConfig.Certificate make(
      Path folder, String name, String names, Instant from, Instant until)
      throws IOException, GeneralSecurityException {
    Issuer own = new Issuer(name);
    X509Certificate certificate = own.sign(name, own.keys().getPublic(), names, from, until);
    return new TlsConfig.Certificate(
        pem(folder.resolve(name + ".pem"), "CERTIFICATE", certificate.getEncoded()),
        pem(folder.resolve(name + ".key"), "PRIVATE KEY", own.keys().getPrivate().getEncoded()));
  }

  /** Writes one block, and says where. */
  public static Path pem(Path file, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  /** A client's context that trusts this certificate and no other. */
  public static SSLContext trusting(Path certificate) throws IOException, GeneralSecurityException {
    KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
    known.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      known.setCertificateEntry(
          "it", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  /** A client's context for tests that look at the certificate themselves. */
  public static SSLContext trustingAnybody() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anybody()}, null);
    return context;
  }
}
