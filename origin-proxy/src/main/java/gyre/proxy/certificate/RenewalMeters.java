package gyre.proxy.certificate;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Attempts by outcome, and until when each host's certificate holds. Guarded by its owner. */
final class RenewalMeters {
  private final MeterRegistry metrics;
  private final Map<String, Gauge> ends = new HashMap<>();

  RenewalMeters(MeterRegistry metrics) {
    this.metrics = metrics;
    attempts("issued");
    for (Outcome.Reason reason : Outcome.Reason.values()) {
      attempts(name(reason));
    }
  }

  void count(Outcome outcome) {
    switch (outcome) {
      case Outcome.Issued issued -> attempts("issued").increment();
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

  void held(String host, Instant end) {
    dropped(host);
    ends.put(
        host,
        Gauge.builder("gyre.proxy.certificate.expiry", end::getEpochSecond)
            .baseUnit("seconds")
            .tag("host", host)
            .register(metrics));
  }

  void dropped(String host) {
    Gauge known = ends.remove(host);
    if (known != null) {
      var _ = metrics.remove(known);
    }
  }
}
