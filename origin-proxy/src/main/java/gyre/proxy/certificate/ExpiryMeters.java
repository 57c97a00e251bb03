package gyre.proxy.certificate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Instant;
import java.util.Map;

/** Until when the certificate of each name holds, in seconds since 1970. Any thread. */
public final class ExpiryMeters {
  private final MultiGauge ends;

  /** {@code source}: where these certificates come from, {@code acme} or {@code file}. */
  public ExpiryMeters(MeterRegistry metrics, String source) {
    this.ends =
        MultiGauge.builder("gyre.proxy.certificate.expiry")
            .baseUnit("seconds")
            .tag("source", source)
            .register(metrics);
  }

  /** These names and no others from now on. */
  public void show(Map<String, Instant> byName) {
    ends.register(
        byName.entrySet().stream()
            .<MultiGauge.Row<?>>map(
                name ->
                    MultiGauge.Row.of(
                        Tags.of("host", name.getKey()), name.getValue().getEpochSecond()))
            .toList(),
        true);
  }
}
