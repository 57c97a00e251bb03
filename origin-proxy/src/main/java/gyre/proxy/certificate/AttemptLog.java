package gyre.proxy.certificate;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for what is read at the start, and for each attempt: how it ended, what to do. */
final class AttemptLog {
  private static final Logger log = LoggerFactory.getLogger(AttemptLog.class);
  private static final int LONGEST_TOLD = 300;

  private AttemptLog() {}

  static void stored(String host, HostCertificate now) {
    log.info(
        "certificate for {}: stored, valid until {}; renewed at {}",
        host,
        now.end(),
        seconds(now.due()));
  }

  static void ended(String host, HostCertificate now, Outcome outcome) {
    switch (outcome) {
      case Outcome.Issued(PemPair pair) ->
          log.info(
              "certificate for {}: issued by {}, valid until {}; renewed at {}",
              host,
              printable(pair.leaf().getIssuerX500Principal().getName()),
              now.end(),
              seconds(now.due()));
      case Outcome.Failed failed ->
          log.warn(
              "certificate for {}: {} ({}); {} stays in use; tried again at {}; {}",
              host,
              failed.reason().name().replace('_', ' ').toLowerCase(Locale.ROOT),
              printable(failed.told()),
              now.issued() ? "the one until " + now.end() : "one that no browser trusts",
              seconds(now.due()),
              advice(failed.reason()));
    }
  }

  private static String advice(Outcome.Reason reason) {
    return switch (reason) {
      case UNPROVED ->
          "the name must lead to this machine, and the world's port 80 (http-01) to listen or 443"
              + " (tls-alpn-01) to tls.listen";
      case REFUSED -> "mend what it complains of, or give a file under tls.certificates";
      case RATE_LIMITED -> "for trials name its staging server as tls.acme.directory";
      case UNREACHABLE ->
          "check the way from here to tls.acme.directory, and tls.acme.ca where it has one";
      case UNUSABLE -> "check that tls.acme.directory is one of ACME's";
    };
  }

  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  /** What comes from afar makes neither lines nor pages of the log. */
  private static String printable(String told) {
    String line = told.replaceAll("[^\\x20-\\x7e]", "?");
    return line.substring(0, Math.min(line.length(), LONGEST_TOLD));
  }
}
