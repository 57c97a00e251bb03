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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
    TlsConfig.Certificate first =
        Certificates.make(folder, "first", "dns:first.test,dns:*.wild.test");
    TlsConfig.Certificate second = Certificates.make(folder, "second", "dns:second.test");
    try (TlsCertificates certificates =
        new TlsCertificates(List.of(first, second), InstantSource.system())) {
      certificates.report(metrics);
      assertEquals(Set.of("first.test", "*.wild.test", "second.test"), ends().keySet());
      double end = (double) Instant.now().plus(Duration.ofDays(90)).getEpochSecond();
      assertEquals(end, ends().get("second.test"), 600);
      TlsConfig.Certificate newer =
          Certificates.make(folder, "newer", "dns:newer.test", "-validity", "30");
      Files.copy(newer.cert(), second.cert(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(newer.key(), second.key(), StandardCopyOption.REPLACE_EXISTING);
      certificates.look();
      assertEquals(Set.of("first.test", "*.wild.test", "newer.test"), ends().keySet());
      assertEquals(end - 60 * 86_400, ends().get("newer.test"), 600);
      certificates.replace(List.of(first));
      assertEquals(Set.of("first.test", "*.wild.test"), ends().keySet());
    }
  }
}
