package gyre.proxy.certificate;

import java.util.Map;

/** The listeners that obtained certificates are for. Any thread; new connections get them. */
public interface CertificateUser {
  /** All that there are now, by host, in place of those before. */
  void use(Map<String, PemPair> byHost);

  /** Until the result is closed. */
  Prover.Shown show(Proof.Tls proof);
}
