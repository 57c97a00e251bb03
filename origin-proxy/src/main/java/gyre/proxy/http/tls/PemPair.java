package gyre.proxy.http.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain with its leaf first, and the leaf's key. Every complaint about files is a
 * StartFailure that names them.
 */
record PemPair(List<X509Certificate> chain, PrivateKey key) {
  private static final int DNS_NAME = 2;
  private static final long LARGEST = 1 << 20;
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  PemPair {
    chain = List.copyOf(chain);
  }

  static PemPair read(TlsConfig.Certificate files) {
    Path at = files.cert();
    try {
      List<X509Certificate> chain = chain(bytes(files.cert()));
      at = files.key();
      PemPair pair = new PemPair(chain, key(bytes(files.key()), chain.getFirst()));
      pair.check();
      return pair;
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new StartFailure(
          "tls: "
              + at
              + ": "
              + reason(e)
              + "; needed are a PEM chain with the leaf first and its PKCS#8 key"
              + " (openssl pkcs8 -topk8 -nodes)",
          e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IOException("larger than 1 MiB");
    }
    return Files.readAllBytes(file);
  }

  private static List<X509Certificate> chain(byte[] pem) throws GeneralSecurityException {
    List<X509Certificate> chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("holds no certificate");
    }
    return chain;
  }

  private static PrivateKey key(byte[] pem, X509Certificate leaf) throws GeneralSecurityException {
    Matcher matcher = KEY.matcher(new String(pem, US_ASCII));
    if (!matcher.find()) {
      throw new IllegalArgumentException("holds no PRIVATE KEY");
    }
    byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
    return KeyFactory.getInstance(leaf.getPublicKey().getAlgorithm())
        .generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  /** Whether the two belong together: while they are being replaced they may not. */
  private void check() throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    byte[] probe = "gyre".getBytes(US_ASCII);
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(probe);
    byte[] signature = signer.sign();
    signer.initVerify(chain.getFirst());
    signer.update(probe);
    if (!signer.verify(signature)) {
      throw new IllegalArgumentException("is not the key of its certificate");
    }
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = Optional.ofNullable(deepest.getMessage()).orElse("");
    return failure instanceof IOException
        ? deepest.getClass().getSimpleName()
        : message.lines().findFirst().orElse(deepest.getClass().getSimpleName());
  }

  X509Certificate leaf() {
    return chain.getFirst();
  }

  /** The DNS names it is for, in lower case; {@code *.} stands for one label. */
  List<String> names() {
    try {
      Collection<List<?>> names =
          Optional.ofNullable(leaf().getSubjectAlternativeNames()).orElse(List.of());
      return names.stream()
          .filter(name -> name.get(0).equals(DNS_NAME))
          .map(name -> name.get(1).toString().toLowerCase(Locale.ROOT))
          .toList();
    } catch (GeneralSecurityException e) {
      return List.of();
    }
  }
}
