package gyre.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --check}, as a process. */
@Timeout(60)
class CheckTest {
  private static final String SITE =
      "sites: [{ id: a, hosts: [a.test], upstreams: ['http://127.0.0.1:9'] }]\n";

  @TempDir Path folder;

  private record Ended(int status, String said) {}

  private Ended check(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("gyre.yaml"), yaml);
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "gyre.proxy.Main",
                    "--check",
                    "--config",
                    file.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), said.strip());
  }

  @Test
  void aGoodFileIsFineAndNothingIsStartedOrWritten() throws Exception {
    Ended ended = check(SITE);
    assertEquals(new Ended(0, folder.resolve("gyre.yaml") + ": fine"), ended);
    try (var files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("gyre.yaml")), files.toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          compresion: {}                                    | gyre.yaml:1: compresion: is not a key
          limits: { body: many }                            | gyre.yaml:1: limits.body:
          tls: { certificates: [{ cert: no.pem, key: k }] } | no.pem
          apps: [{ name: it, file: no.js }]                 | app 'it': %s/no.js cannot be read
          sites: [{ id: a, hosts: [a], upstreams: ['https://a'], upstream-ca: no.pem }] | no.pem holds
          """)
  void aBadOneEndsWithStatusTwoAndSaysWhyInOneLine(String yaml, String why) throws Exception {
    Ended ended = check(yaml.startsWith("sites") ? yaml : yaml + "\n" + SITE);
    assertEquals(2, ended.status(), ended.said());
    assertTrue(ended.said().contains(why.replace("%s", folder.toString())), ended.said());
    assertEquals(1, ended.said().lines().count(), ended.said());
  }
}
