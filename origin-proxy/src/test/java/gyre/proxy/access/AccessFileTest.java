package gyre.proxy.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.AccessLogConfig;
import gyre.operations.config.AccessLogConfig.Format;
import gyre.operations.start.StartFailure;
import gyre.proxy.message.Headers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessFileTest {
  private static final Access ACCESS =
      new Access(
          Instant.parse("2026-11-21T12:00:05Z"),
          Duration.ofNanos(1_500_000),
          InetAddress.ofLiteral("192.0.2.7"),
          new Access.Line("GET", "site.test", "/a?b=\"c\"", "1.1"),
          Headers.of("user-agent", "x\" - \u00e9\\", "referer", "http://site.test/"),
          200,
          42,
          Optional.of(Headers.of("cache-status", "Gyre; fwd=miss; detail=peer")));

  @TempDir Path folder;

  @Test
  void combinedLinesAreThoseOfOtherServersAndCannotBeForged() {
    assertEquals(
        "192.0.2.7 - - [21/Nov/2026:12:00:05 +0000] \"GET /a?b=\\x22c\\x22 HTTP/1.1\" 200 42"
            + " \"http://site.test/\" \"x\\x22 - \\xe9\\x5c\"",
        AccessFormat.line(ACCESS, Format.COMBINED));
  }

  @Test
  void jsonLinesTellTheSourceToo() {
    String line = AccessFormat.line(ACCESS, Format.JSON);
    assertTrue(line.startsWith("{\"time\":\"2026-11-21T12:00:05Z\",\"ms\":1.5,"), line);
    assertTrue(line.endsWith("\"cache\":\"Gyre; fwd=miss; detail=peer\"}"), line);
  }

  @Test
  void linesAreAppendedToAFileOfItsOwnerAlone() throws Exception {
    Path file = folder.resolve("access.log");
    for (int i = 0; i < 2; i++) {
      try (AccessFile log = open(file)) {
        log.answered(ACCESS);
        log.answered(ACCESS);
      }
    }
    assertEquals(4, Files.readAllLines(file).size());
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
  }

  @Test
  void aFileThatCannotBeHadIsNamed() {
    Path file = folder.resolve("none/access.log");
    StartFailure failure = assertThrows(StartFailure.class, () -> open(file));
    assertTrue(List.of(failure.getMessage().split(" ")).contains(file.toString()));
  }

  private static AccessFile open(Path file) {
    return AccessFile.open(new AccessLogConfig(file, Format.COMBINED), new SimpleMeterRegistry());
  }
}
