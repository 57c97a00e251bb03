package gyre.proxy.upstream;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;

/** Why a TLS handshake with a server failed, in words for whoever runs the site. Pure. */
final class TlsFailure {
  private static final int DEPTH = 16;

  private TlsFailure() {}

  /** The failure's own message where it is none of the usual ones. */
  static String reason(Throwable failure) {
    Optional<Throwable> cause = Optional.of(failure);
    String said = String.valueOf(failure.getMessage());
    for (int i = 0; i < DEPTH && cause.isPresent(); i++) {
      switch (cause.get()) {
        case CertificateExpiredException expired -> {
          return "its certificate has expired: " + expired.getMessage();
        }
        case CertificateNotYetValidException early -> {
          return "its certificate is not valid yet: " + early.getMessage();
        }
        case CertPathBuilderException unknown -> {
          return "its certificate is signed by nobody who is trusted";
        }
        case CertificateException certificate ->
            said = "its certificate is refused: " + certificate.getMessage();
        default -> {}
      }
      cause = Optional.ofNullable(cause.get().getCause());
    }
    return said;
  }
}
