package gyre.proxy.certificate;

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
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A certificate chain with its leaf first, and the leaf's key. */
public record PemPair(List<X509Certificate> chain, PrivateKey key) {
  private static final int DNS_NAME = 2;
  private static final long LARGEST = 1 << 20;

  public PemPair {
    chain = List.copyOf(chain);
  }

  /** Of two files; every complaint is a StartFailure that names one of them. */
  public static PemPair read(TlsConfig.Certificate files) {
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

  /** Of one file with chain and key, as {@link #pem} writes it. */
  static PemPair read(Path file) throws IOException, GeneralSecurityException {
    byte[] pem = bytes(file);
    List<X509Certificate> chain = chain(pem);
    return of(chain, key(pem, chain.getFirst()));
  }

  /** An IllegalArgumentException where the key is another one's. */
  public static PemPair of(List<X509Certificate> chain, PrivateKey key)
      throws GeneralSecurityException {
    PemPair pair = new PemPair(chain, key);
    pair.check();
    return pair;
  }

  String pem() throws GeneralSecurityException {
    StringBuilder pem = new StringBuilder(Pem.block(Pem.PRIVATE_KEY, key.getEncoded()));
    for (X509Certificate certificate : chain) {
      pem.append(Pem.block(Pem.CERTIFICATE, certificate.getEncoded()));
    }
    return pem.toString();
  }

  static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IOException("larger than 1 MiB");
    }
    return Files.readAllBytes(file);
  }

  private static List<X509Certificate> chain(byte[] pem) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<byte[]> blocks = Pem.blocks(pem, Pem.CERTIFICATE);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("holds no certificate");
    }
    X509Certificate[] chain = new X509Certificate[blocks.size()];
    for (int i = 0; i < chain.length; i++) {
      chain[i] =
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(blocks.get(i)));
    }
    return List.of(chain);
  }

  private static PrivateKey key(byte[] pem, X509Certificate leaf) throws GeneralSecurityException {
    List<byte[]> keys = Pem.blocks(pem, Pem.PRIVATE_KEY);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("holds no PRIVATE KEY");
    }
    return KeyFactory.getInstance(leaf.getPublicKey().getAlgorithm())
        .generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
  }

  /** Whether the two belong together: while they are being replaced they may not. */
  private void check() throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default ->
              throw new IllegalArgumentException(
                  "is of " + key.getAlgorithm() + "; visitors are served with RSA and EC");
        };
    byte[] probe = "gyre".getBytes(US_ASCII);
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(probe);
    byte[] signature = signer.sign();
    signer.initVerify(leaf());
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

  public X509Certificate leaf() {
    return chain.getFirst();
  }

  /** The DNS names it is for, in lower case; {@code *.} stands for one label. */
  public List<String> names() {
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

  /** Without the key. */
  @Override
  public String toString() {
    return leaf().getSubjectX500Principal() + " " + names();
  }
}
