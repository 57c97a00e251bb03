package gyre.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import gyre.proxy.certificate.acme.Pebble;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole origin-proxy with {@code tls.acme} beside a real ACME server. */
@Timeout(120)
class AcmeProxyIT {
  @TempDir Path folder;
  private HttpServer site;

  @BeforeEach
  void startSite() throws IOException {
    site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.createContext(
        "/",
        exchange -> {
          byte[] body = ("site " + exchange.getRequestURI()).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    site.start();
  }

  @AfterEach
  void stopSite() {
    site.stop(0);
  }

  @Test
  void aSiteIsServedByHttpsWithACertificateThatVerifiesAndARestartKeepsIt() throws Exception {
    try (Pebble pebble = Pebble.start(folder)) {
      SSLContext trusting = Certificates.trusting(pebble.root());
      X509Certificate first;
      try (RunningProxy proxy = RunningProxy.start(folder, yaml(pebble, "", "a.test"))) {
        String line = proxy.line("certificate for a.test");
        assertTrue(line.contains("issued by"), line);
        try (SSLSocket socket = connect(proxy, trusting, "a.test")) {
          assertEquals("site /", get(socket, "a.test"));
          first = leaf(socket);
        }
        String metrics = proxy.admin("GET", "/metrics").body();
        assertTrue(
            metrics.contains("gyre_proxy_certificate_attempts_total{outcome=\"issued\"} 1.0"),
            metrics);
        assertTrue(
            metrics.contains("gyre_proxy_certificate_expiry_seconds{host=\"a.test\"}"), metrics);
      }
      assertModes();
      long asked = pebble.requests();
      try (RunningProxy proxy = RunningProxy.start(folder, yaml(pebble, "", "a.test"));
          SSLSocket socket = connect(proxy, trusting, "a.test")) {
        assertEquals("site /", get(socket, "a.test"));
        assertEquals(first, leaf(socket));
      }
      assertEquals(asked, pebble.requests());
    }
  }

  @Test
  void aReloadThatAddsAHostGetsItACertificate() throws Exception {
    try (Pebble pebble = Pebble.start(folder);
        RunningProxy proxy =
            RunningProxy.start(folder, yaml(pebble, "redirect-to-https: true", "a.test"))) {
      SSLContext trusting = Certificates.trusting(pebble.root());
      assertTrue(proxy.line("certificate for a.test").contains("issued by"));
      proxy.rewrite(yaml(pebble, "redirect-to-https: true", "b.test"));
      proxy.signal("HUP");
      assertTrue(proxy.line("certificate for b.test").contains("issued by"));
      try (SSLSocket socket = connect(proxy, trusting, "b.test")) {
        assertEquals("site /", get(socket, "b.test"));
      }
      String metrics = proxy.admin("GET", "/metrics").body();
      assertTrue(metrics.contains("expiry_seconds{host=\"b.test\"}"), metrics);
      assertTrue(!metrics.contains("expiry_seconds{host=\"a.test\"}"), metrics);
    }
  }

  @Test
  void aRefusedHostIsServedMeanwhileAndTheLogSaysWhy() throws Exception {
    try (Pebble pebble = Pebble.start(folder, "\"domainBlocklist\": [\"bad.test\"]", Map.of());
        RunningProxy proxy =
            RunningProxy.start(folder, yaml(pebble, "", "bad.test", "good.test"))) {
      String refused = proxy.line("certificate for bad.test");
      assertTrue(refused.contains("refused (rejectedIdentifier: "), refused);
      assertTrue(
          refused.contains("one that no browser trusts stays in use; tried again at"), refused);
      assertTrue(proxy.line("certificate for good.test").contains("issued by"));
      SSLContext anybody = Certificates.trustingAnybody();
      try (SSLSocket bad = connect(proxy, anybody, "bad.test");
          SSLSocket good = connect(proxy, anybody, "good.test")) {
        assertEquals("site /", get(bad, "bad.test"));
        assertEquals(leaf(bad).getIssuerX500Principal(), leaf(bad).getSubjectX500Principal());
        assertNotEquals(leaf(bad), leaf(good));
      }
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

  private String yaml(Pebble pebble, String more, String... hosts) {
    return """
        listen: 127.0.0.1:%d
        tls:
          listen: 127.0.0.1:%d
          acme: { directory: '%s', ca: '%s', terms-agreed: true, challenges: [http-01] }
        %s
        sites:
          - { id: s, hosts: [%s], upstreams: ['http://127.0.0.1:%d'] }
        """
        .formatted(
            pebble.httpPort(),
            pebble.tlsPort(),
            pebble.directory(),
            pebble.ca(),
            more,
            String.join(", ", hosts),
            site.getAddress().getPort());
  }

  /** The name must be the certificate's, as browsers demand. */
  private static SSLSocket connect(RunningProxy proxy, SSLContext context, String host)
      throws IOException {
    InetSocketAddress address = proxy.secureAddress();
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    new Socket(address.getAddress(), address.getPort()),
                    host,
                    address.getPort(),
                    true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setServerNames(List.of(new SNIHostName(host)));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static X509Certificate leaf(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  private static String get(SSLSocket socket, String host) throws IOException {
    RawClient client = new RawClient(socket);
    return client.say("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").answer().body();
  }
}
