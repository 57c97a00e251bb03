package gyre.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.certificate.acme.Pebble;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole origin-proxy with {@code tls.acme} beside a real ACME server. */
@Timeout(120)
class AcmeProxyIT {
  @TempDir Path folder;
  private AcmeSite site;

  @BeforeEach
  void startSite() throws IOException {
    site = new AcmeSite();
  }

  @AfterEach
  void stopSite() {
    site.close();
  }

  @Test
  void aSiteIsServedByHttpsWithACertificateThatVerifiesAndARestartKeepsIt() throws Exception {
    try (Pebble pebble = Pebble.start(folder)) {
      SSLContext trusting = Certificates.trusting(pebble.root());
      X509Certificate first;
      try (RunningProxy proxy =
          RunningProxy.start(folder, site.yaml(pebble, "http-01", "", "a.test"))) {
        String line = proxy.line("certificate for a.test");
        assertTrue(line.contains("issued by"), line);
        try (SecureVisitor visitor = SecureVisitor.connect(proxy, trusting, "a.test")) {
          assertEquals("site /", visitor.get());
          first = visitor.leaf();
        }
        String metrics = proxy.admin("GET", "/metrics").body();
        assertTrue(
            metrics.contains("gyre_proxy_certificate_attempts_total{outcome=\"issued\"} 1.0"),
            metrics);
        assertTrue(
            metrics.contains(
                "gyre_proxy_certificate_expiry_seconds{host=\"a.test\",source=\"acme\"}"),
            metrics);
      }
      assertModes();
      long asked = pebble.requests();
      try (RunningProxy proxy =
              RunningProxy.start(folder, site.yaml(pebble, "http-01", "", "a.test"));
          SecureVisitor visitor = SecureVisitor.connect(proxy, trusting, "a.test")) {
        assertEquals("site /", visitor.get());
        assertEquals(first, visitor.leaf());
        assertTrue(proxy.output().contains("certificate for a.test: stored"), proxy.output());
      }
      assertEquals(asked, pebble.requests());
    }
  }

  @Test
  void aReloadThatAddsAHostGetsItACertificate() throws Exception {
    try (Pebble pebble = Pebble.start(folder);
        RunningProxy proxy =
            RunningProxy.start(
                folder, site.yaml(pebble, "http-01", "redirect-to-https: true", "a.test"))) {
      SSLContext trusting = Certificates.trusting(pebble.root());
      assertTrue(proxy.line("certificate for a.test").contains("issued by"));
      proxy.rewrite(site.yaml(pebble, "http-01", "redirect-to-https: true", "b.test"));
      proxy.signal("HUP");
      assertTrue(proxy.line("certificate for b.test").contains("issued by"));
      try (SecureVisitor visitor = SecureVisitor.connect(proxy, trusting, "b.test")) {
        assertEquals("site /", visitor.get());
      }
      String metrics = proxy.admin("GET", "/metrics").body();
      assertTrue(metrics.contains("expiry_seconds{host=\"b.test\",source=\"acme\"}"), metrics);
      assertTrue(!metrics.contains("expiry_seconds{host=\"a.test\""), metrics);
    }
  }

  @Test
  void aRefusedHostIsServedMeanwhileAndTheLogSaysWhy() throws Exception {
    try (Pebble pebble = Pebble.start(folder, "\"domainBlocklist\": [\"bad.test\"]", Map.of());
        RunningProxy proxy =
            RunningProxy.start(folder, site.yaml(pebble, "http-01", "", "bad.test", "good.test"))) {
      String refused = proxy.line("certificate for bad.test");
      assertTrue(refused.contains("refused (rejectedIdentifier: "), refused);
      assertTrue(
          refused.contains("one that no browser trusts stays in use; tried again at"), refused);
      assertTrue(proxy.line("certificate for good.test").contains("issued by"));
      SSLContext anybody = Certificates.trustingAnybody();
      try (SecureVisitor bad = SecureVisitor.connect(proxy, anybody, "bad.test");
          SecureVisitor good = SecureVisitor.connect(proxy, anybody, "good.test")) {
        assertEquals("site /", bad.get());
        assertEquals(bad.leaf().getIssuerX500Principal(), bad.leaf().getSubjectX500Principal());
        assertNotEquals(bad.leaf(), good.leaf());
      }
    }
  }

  @Test
  void aHostIsProvedOnItsOpenTlsListenerAndNobodyElseIsToldAProof() throws Exception {
    try (Pebble pebble = Pebble.start(folder);
        RunningProxy proxy =
            RunningProxy.start(folder, site.yaml(pebble, "tls-alpn-01", "", "a.test", "b.test"))) {
      SSLContext trusting = Certificates.trusting(pebble.root());
      assertTrue(proxy.line("certificate for a.test").contains("issued by"));
      assertTrue(proxy.line("certificate for b.test").contains("issued by"));
      try (SecureVisitor a = SecureVisitor.connect(proxy, trusting, "a.test");
          SecureVisitor b = SecureVisitor.connect(proxy, trusting, "b.test")) {
        assertEquals("site /", a.get());
        assertEquals("site /", b.get());
        assertNotEquals(a.leaf(), b.leaf());
      }
      SSLHandshakeException refused =
          assertThrows(
              SSLHandshakeException.class,
              () -> SecureVisitor.connect(proxy, trusting, "a.test", "acme-tls/1").close());
      assertTrue(refused.getMessage().contains("no_application_protocol"), refused.getMessage());
      try (RawClient client = new RawClient(proxy.address())) {
        String request = "GET /.well-known/acme-challenge/unknown HTTP/1.1\r\nHost: a.test\r\n\r\n";
        assertEquals(404, client.say(request).answer().status());
      }
      assertEquals(List.of("/", "/"), site.asked());
    }
  }

  private void assertModes() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("data/acme"))) {
      for (Path file : files.toList()) {
        assertEquals(
            Files.isDirectory(file) ? "rwx------" : "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
            file::toString);
      }
    }
  }
}
