package gyre.proxy.certificate;

import java.time.Instant;

/**
 * What a host serves, and when another certificate is asked for: at {@code due}, and never before
 * {@code earliest}, which is the authority's wish. {@code issued}: by an authority, where the host
 * did not sign it itself. {@code failures}: attempts in a row that ended without a certificate.
 */
record HostCertificate(PemPair pair, boolean issued, int failures, Instant due, Instant earliest) {

  private static HostCertificate issued(PemPair pair, Instant due) {
    return new HostCertificate(pair, true, 0, due, Instant.MIN);
  }

  static HostCertificate stored(PemPair pair, Schedule schedule) {
    return issued(pair, schedule.renewal(pair.leaf()));
  }

  /** Signed by the host itself: another one is due at once. */
  static HostCertificate meanwhile(PemPair own, Instant now) {
    return new HostCertificate(own, false, 0, now, Instant.MIN);
  }

  HostCertificate after(Outcome outcome, Schedule schedule, Instant now) {
    return switch (outcome) {
      case Outcome.Issued(PemPair fresh) -> issued(fresh, schedule.renewal(fresh.leaf(), now));
      case Outcome.Failed failed ->
          new HostCertificate(
              pair,
              issued,
              failures + 1,
              schedule.retry(now, failures + 1, failed.notBefore()),
              failed.notBefore().orElse(Instant.MIN));
    };
  }

  /** What failed is tried again as soon as the authority allows. */
  HostCertificate sooner(Instant now) {
    Instant soon = later(now, earliest);
    return failures > 0 && soon.isBefore(due)
        ? new HostCertificate(pair, issued, failures, soon, earliest)
        : this;
  }

  HostCertificate notBefore(Instant until) {
    return new HostCertificate(pair, issued, failures, later(due, until), later(earliest, until));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** 1970 while no authority has signed for the host. */
  Instant end() {
    return issued ? pair.leaf().getNotAfter().toInstant() : Instant.EPOCH;
  }
}
