package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.ConfigFile;
import gyre.operations.start.StartFailure;
import gyre.proxy.http.Certificates;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcmeHostsTest {
  @TempDir Path folder;

  private AcmeHosts hosts(String certificates, String... sites) {
    StringBuilder yaml =
        new StringBuilder(
            "tls: { acme: { terms-agreed: true }, certificates: [%s] }\nsites:\n"
                .formatted(certificates));
    for (String site : sites) {
      yaml.append("  - { id: s%d, hosts: [%s] }\n".formatted(yaml.length(), site));
    }
    return AcmeHosts.of(ConfigFile.parse("gyre.yaml", folder, yaml.toString()));
  }

  @Test
  void everyHostOfEverySiteIsAskedForThatNoFileIsFor() throws Exception {
    var _ = Certificates.make(folder, "held", "dns:held.test,dns:*.wild.test");
    AcmeHosts hosts =
        hosts(
            "{ cert: held.pem, key: held.key }",
            "HELD.test, a.test",
            "x.wild.test, x.y.wild.test, '*.wild.test', b.test, a.test",
            "'*', localhost, app.localhost, 127.0.0.1, '[::1]'");
    assertEquals(List.of("a.test", "x.y.wild.test", "b.test"), hosts.asked());
    assertEquals(List.of("localhost", "app.localhost", "127.0.0.1", "[::1]"), hosts.left());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "*.a.test"       | a wildcard can be proved by dns-01 alone
          a.test, "*"      | a wildcard can be proved by dns-01 alone
          ../../etc/passwd | is not a DNS name
          a_b.test         | is not a DNS name
          a..test          | is not a DNS name
          localhost        | no site has a host that a certificate can be had for
          """)
  void aHostThatCannotBeProvedIsNamed(String sites, String complaint) {
    StartFailure failure = assertThrows(StartFailure.class, () -> hosts("", sites));
    assertTrue(failure.getMessage().startsWith("tls.acme: "), failure.getMessage());
    assertTrue(failure.getMessage().contains(complaint), failure.getMessage());
  }
}
