package gyre.proxy.http.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.config.TlsConfig;
import gyre.proxy.http.Certificates;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileExpiryTest {
  @TempDir Path folder;
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  private Map<String, Double> ends() {
    Map<String, Double> ends = new HashMap<>();
    for (Gauge gauge :
        metrics.get("gyre.proxy.certificate.expiry").tag("source", "file").gauges()) {
      ends.put(Objects.requireNonNull(gauge.getId().getTag("host")), gauge.value());
    }
    return ends;
  }

  @Test
  void theEndOfEachCertificateIsAGaugeThatFollowsTheFiles() throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    TlsConfig.Certificate first = valid("first", "dns:first.test,dns:*.wild.test", now, 90);
    TlsConfig.Certificate second = valid("second", "dns:second.test", now, 60);
    try (TlsCertificates certificates =
        new TlsCertificates(List.of(first, second), InstantSource.system())) {
      certificates.report(metrics);
      double far = (double) now.plus(Duration.ofDays(90)).getEpochSecond();
      double near = (double) now.plus(Duration.ofDays(60)).getEpochSecond();
      assertEquals(Map.of("first.test", far, "*.wild.test", far, "second.test", near), ends());
      TlsConfig.Certificate newer = valid("newer", "dns:newer.test", now, 90);
      Files.copy(newer.cert(), second.cert(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(newer.key(), second.key(), StandardCopyOption.REPLACE_EXISTING);
      certificates.look();
      assertEquals(Map.of("first.test", far, "*.wild.test", far, "newer.test", far), ends());
      certificates.replace(List.of(first));
      assertEquals(Map.of("first.test", far, "*.wild.test", far), ends());
    }
  }

  private TlsConfig.Certificate valid(String name, String names, Instant from, int days)
      throws Exception {
    return Certificates.make(folder, name, names, from, from.plus(Duration.ofDays(days)));
  }
}
