package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartKeysTest {
  private static final String TLS = "tls: { certificates: [{ cert: a, key: b }] }";

  private static GyreConfig parse(String yaml) {
    return ConfigFile.parse("gyre.yaml", Path.of("/etc/gyre"), yaml);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data: other                                                | data
          listen: 127.0.0.1:1                                        | listen
          admin: { token: secret }                                   | admin
          cache: { memory: 1MiB }                                    | cache
          keys: { rotation: 2d }                                     | keys
          tls: { listen: "127.0.0.1:1", certificates: [{ cert: a, key: b }] } | tls.listen
          tls: { certificates: [{ cert: a, key: b }], acme: { terms-agreed: true } } | tls.acme
          tls: { certificates: [{ cert: a, key: b }], http3: true }  | tls.http3
          limits: { body: 1MiB }                                     | ''
          apps: [{ name: a, file: a.js }]                            | ''
          redirect-to-https: true                                    | ''
          sites: [{ id: a, hosts: [a] }]                             | ''
          """)
  void namesWhatARunningProxyCannotChange(String yaml, String key) {
    List<String> wanted = key.isEmpty() ? List.of() : List.of(key);
    String fresh = yaml.startsWith("tls") ? yaml : TLS + "\n" + yaml;
    assertEquals(wanted, RestartKeys.changed(parse(TLS), parse(fresh)));
  }

  @Test
  void theRestOfTheFileAppliesBesideThem() {
    GyreConfig running = parse(TLS);
    GyreConfig applied =
        RestartKeys.applicable(
            running,
            parse(
                """
                listen: 127.0.0.1:1
                tls: { listen: "127.0.0.1:2", certificates: [{ cert: c, key: d }] }
                limits: { body: 1MiB }
                """));
    assertEquals(running.listen(), applied.listen());
    assertEquals(running.tls().orElseThrow().listen(), applied.tls().orElseThrow().listen());
    assertEquals(
        Path.of("/etc/gyre/c"), applied.tls().orElseThrow().certificates().getFirst().cert());
    assertEquals(1 << 20, applied.limits().body());
  }
}
