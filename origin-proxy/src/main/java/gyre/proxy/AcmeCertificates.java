package gyre.proxy;

import gyre.operations.config.AcmeConfig;
import gyre.operations.config.GyreConfig;
import gyre.proxy.certificate.CertificateFolder;
import gyre.proxy.certificate.PendingProofs;
import gyre.proxy.certificate.Renewals;
import gyre.proxy.certificate.Schedule;
import gyre.proxy.certificate.acme.AcmeAuthority;
import gyre.proxy.certificate.acme.OwnCertificates;
import gyre.proxy.http.tls.TlsCertificates;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code tls.acme} asks for, put together. */
final class AcmeCertificates implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AcmeCertificates.class);

  private final PendingProofs proofs;
  private final AcmeAuthority authority;
  private final Renewals renewals;

  /** A StartFailure says what stands in the way; the authority is asked nothing yet. */
  AcmeCertificates(
      AcmeConfig config, TlsCertificates listeners, MeterRegistry metrics, InstantSource clock) {
    CertificateFolder folder = CertificateFolder.open(config.folder(), config.directory());
    this.proofs = new PendingProofs(listeners);
    this.authority = new AcmeAuthority(config, folder, clock);
    this.renewals =
        new Renewals(
            new Renewals.Parts(authority, folder, proofs, listeners, OwnCertificates::meanwhile),
            Schedule.of(config.renewBefore()),
            metrics,
            clock);
  }

  PendingProofs proofs() {
    return proofs;
  }

  /** The hosts of this configuration from now on. */
  void want(AcmeHosts hosts) {
    if (!hosts.left().isEmpty()) {
      log.info(
          "no certificate is asked for {}: no authority signs for them",
          String.join(", ", hosts.left()));
    }
    proofs.own(hosts.asked());
    renewals.want(hosts.asked());
  }

  /** Begins to ask, once the listeners are there that the authority will look at. */
  void start() {
    renewals.start();
  }

  /** What {@code --check} looks at, beside the files. */
  static void check(GyreConfig config, AcmeConfig acme) {
    AcmeAuthority.check(acme);
    var _ = AcmeHosts.of(config);
  }

  @Override
  public void close() {
    renewals.close();
    authority.close();
  }
}
