package gyre.proxy.certificate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Attempts to get a certificate, by outcome. Any thread. */
final class AttemptMeters {
  private final MeterRegistry metrics;

  AttemptMeters(MeterRegistry metrics) {
    this.metrics = metrics;
    attempts("issued");
    for (Outcome.Reason reason : Outcome.Reason.values()) {
      attempts(name(reason));
    }
  }

  void count(Outcome outcome) {
    switch (outcome) {
      case Outcome.Issued _ -> attempts("issued").increment();
      case Outcome.Failed failed -> attempts(name(failed.reason())).increment();
    }
  }

  private static String name(Outcome.Reason reason) {
    return reason.name().replace('_', '-').toLowerCase(Locale.ROOT);
  }

  private Counter attempts(String outcome) {
    return Counter.builder("gyre.proxy.certificate.attempts")
        .tag("outcome", outcome)
        .register(metrics);
  }
}
