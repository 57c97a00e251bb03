package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TlsConfig;
import gyre.proxy.certificate.acme.Pebble;
import gyre.proxy.http.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole origin-proxy whose authority is down at the start, and comes up. */
@Timeout(120)
class AcmeOutageIT {
  private static final Pattern AGAIN = Pattern.compile("tried again at ([^;]+);");

  @TempDir Path folder;

  @Test
  void whatIsStoredIsServedUntilTheAuthorityIsThereAndReplacedUnderOpenConnections()
      throws Exception {
    Instant now = Instant.now();
    TlsConfig.Certificate old =
        Certificates.make(
            folder,
            "old",
            "dns:a.test",
            now.minus(Duration.ofDays(80)),
            now.plus(Duration.ofDays(10)));
    try (AcmeSite site = new AcmeSite();
        Pebble pebble = Pebble.prepare(folder)) {
      store(pebble, "a.test", old);
      String yaml = site.yaml(pebble, "tls-alpn-01", "", "a.test", "b.test");
      try (RunningProxy proxy = RunningProxy.start(folder, yaml);
          SecureVisitor early =
              SecureVisitor.connect(proxy, Certificates.trusting(old.cert()), "a.test")) {
        assertEquals("site /", early.get());
        Instant again = assertUnreachable(proxy, "a.test", "; the one until ");
        var _ = assertUnreachable(proxy, "b.test", "; one that no browser trusts");
        proxy.signal("HUP");
        Instant later = assertUnreachable(proxy, "a.test", "; the one until ");
        assertTrue(later.isAfter(again.plus(Duration.ofSeconds(90))), again + ", then " + later);
        var _ = assertUnreachable(proxy, "b.test", "; one that no browser trusts");

        pebble.begin();
        proxy.signal("HUP");
        for (String host : new String[] {"a.test", "b.test"}) {
          String line = proxy.line("certificate for " + host);
          assertTrue(line.contains(": issued by "), line);
          assertServed(proxy, pebble, host);
        }
        assertEquals("site /", early.get());
        assertNoKeyIn(proxy.output());
      }
    }
  }

  /** As another ACME client, or an earlier run, would have left it. */
  private void store(Pebble pebble, String host, TlsConfig.Certificate files) throws IOException {
    String authority = pebble.directory().getAuthority().replace(':', '_') + "_dir";
    Path own = Files.createDirectories(folder.resolve("data/acme").resolve(authority));
    var _ =
        Files.writeString(
            own.resolve(host + ".pem"),
            Files.readString(files.key()) + Files.readString(files.cert()));
  }

  private static Instant assertUnreachable(RunningProxy proxy, String host, String meanwhile)
      throws Exception {
    String line = proxy.line("certificate for " + host + ": unreachable");
    assertTrue(line.contains(meanwhile), line);
    assertTrue(line.contains("check the way from here to tls.acme.directory"), line);
    Matcher again = AGAIN.matcher(line);
    assertTrue(again.find(), line);
    return Instant.parse(again.group(1));
  }

  private static void assertServed(RunningProxy proxy, Pebble pebble, String host)
      throws Exception {
    try (SecureVisitor visitor =
        SecureVisitor.connect(proxy, Certificates.trusting(pebble.root()), host)) {
      assertEquals("site /", visitor.get());
      X509Certificate leaf = visitor.leaf();
      assertTrue(leaf.getIssuerX500Principal().getName().contains("Pebble"), leaf.toString());
    }
  }

  private void assertNoKeyIn(String output) throws IOException {
    assertTrue(output.contains("certificate for a.test: stored, valid until "), output);
    assertFalse(output.contains("PRIVATE"), output);
    try (Stream<Path> files = Files.walk(folder.resolve("data/acme"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.readAllLines(file).stream()
            .filter(line -> line.length() > 10)
            .forEach(line -> assertFalse(output.contains(line), line));
      }
    }
  }
}
