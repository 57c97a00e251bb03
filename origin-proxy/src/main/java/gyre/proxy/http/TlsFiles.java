package gyre.proxy.http;

import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.DomainWildcardMappingBuilder;
import io.netty.util.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The certificates of gyre.yaml, chosen by SNI among their DNS names; the first one serves every
 * other name. A file that does not fit is a StartFailure that names it.
 */
public final class TlsFiles {
  private static final int DNS_NAME = 2;

  private TlsFiles() {}

  public static Mapping<String, SslContext> load(List<TlsConfig.Certificate> certificates) {
    SslContext fallback = context(certificates.getFirst());
    DomainWildcardMappingBuilder<SslContext> mapping = new DomainWildcardMappingBuilder<>(fallback);
    for (TlsConfig.Certificate certificate : certificates) {
      SslContext context =
          certificate.equals(certificates.getFirst()) ? fallback : context(certificate);
      names(certificate.cert()).forEach(name -> mapping.add(name, context));
    }
    return mapping.build();
  }

  private static SslContext context(TlsConfig.Certificate certificate) {
    try {
      return SslContextBuilder.forServer(certificate.cert().toFile(), certificate.key().toFile())
          .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure(
          "tls: "
              + certificate.cert()
              + " with key "
              + certificate.key()
              + ": "
              + reason(e)
              + "; needed are a PEM chain with the leaf first and its PKCS#8 key",
          e);
    }
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return Optional.ofNullable(deepest.getMessage()).orElse(deepest.getClass().getSimpleName());
  }

  private static List<String> names(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      X509Certificate leaf =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Collection<List<?>> names =
          Optional.ofNullable(leaf.getSubjectAlternativeNames()).orElse(List.of());
      return names.stream()
          .filter(name -> name.get(0).equals(DNS_NAME))
          .map(name -> name.get(1).toString().toLowerCase(Locale.ROOT))
          .toList();
    } catch (IOException | GeneralSecurityException e) {
      throw new StartFailure("tls: " + pem + ": " + reason(e), e);
    }
  }
}
