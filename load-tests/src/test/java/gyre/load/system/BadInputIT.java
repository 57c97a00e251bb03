package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.Installation;
import gyre.load.process.RunningGyre;
import gyre.load.process.ServerProcess;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator or a stranger gets wrong is told in one line, and harms nothing else. */
class BadInputIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {RunningGyre.SIGNALLING, RunningGyre.PROXY, RunningGyre.WORKER})
  void anUnknownKeyStopsTheStartAndIsNamed(String server) throws IOException {
    String line = refusal(server, "signaling: { node: a }\n");
    assertTrue(
        line.contains(
            "gyre.yaml:1: signaling: is not a key that Gyre knows; did you mean 'signalling'?"),
        line);
  }

  @ParameterizedTest
  @ValueSource(strings = {RunningGyre.SIGNALLING, RunningGyre.PROXY})
  void aPortInUseIsNamed(String server) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      String line =
          refusal(
              server,
              """
              listen: %1$s
              admin: { listen: "127.0.0.1:0" }
              signalling: { listen: "%1$s", admin: { listen: "127.0.0.1:0" } }
              sites: [{ id: a, hosts: ["*"], upstreams: ["http://127.0.0.1:1"] }]
              """
                  .formatted(address));
      assertTrue(line.contains(address), line);
    }
  }

  @Test
  void aBrokenCertificateIsNamed() throws IOException {
    Files.writeString(
        folder.resolve("site.pem"),
        "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n");
    Files.writeString(folder.resolve("site.key"), "no key");
    String line =
        refusal(
            RunningGyre.PROXY,
            """
            listen: 127.0.0.1:0
            admin: { listen: "127.0.0.1:0" }
            tls: { listen: "127.0.0.1:0", certificates: [{ cert: site.pem, key: site.key }] }
            sites: [{ id: a, hosts: ["*"], upstreams: ["http://127.0.0.1:1"] }]
            """);
    assertTrue(line.contains("site.pem"), line);
  }

  @Test
  void anUnreachableUpstreamIsA502AndTheLogNamesIt() {
    try (RunningGyre gyre = RunningGyre.start(Setup.of(folder, URI.create("http://127.0.0.1:1")))) {
      var answer = gyre.get("/picture.jpg");
      assertEquals(502, answer.statusCode());
      String body = new String(answer.body(), StandardCharsets.UTF_8);
      assertTrue(body.contains("the site's server cannot be reached"), body);
      assertEquals(1, body.lines().count(), body);
      String log = gyre.server(RunningGyre.PROXY).log();
      assertEquals(
          1,
          log.lines().filter(line -> line.contains("127.0.0.1:1 is not reachable now")).count(),
          log);
      assertEquals(200, gyre.get("/.gyre/session").statusCode());
    }
  }

  @Test
  void aRequestForAnotherSiteIsRefusedAndTheNextOneIsServed() throws IOException {
    try (DemoSite site = DemoSite.start();
        RunningGyre gyre = RunningGyre.start(Setup.of(folder, site.address()).host("127.0.0.1"))) {
      String answer =
          raw(gyre, "GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 421"), answer);
      assertTrue(answer.contains("elsewhere.example"), answer);
      assertEquals(200, gyre.get("/").statusCode());
    }
  }

  private static String raw(RunningGyre gyre, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gyre.ports().http())) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream answer = socket.getInputStream();
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Starts a server that cannot start; its only line of output. */
  private String refusal(String server, String yaml) throws IOException {
    Path config = Files.writeString(folder.resolve("gyre.yaml"), yaml);
    try (ServerProcess process =
        ServerProcess.start(
            Installation.locate(), server, folder, List.of("--config", config.toString()))) {
      Await.until(server + " ends", SOON, () -> !process.isAlive());
      List<String> complaints =
          process.log().lines().filter(line -> line.startsWith(server + ": ")).toList();
      assertEquals(1, complaints.size(), process.log());
      assertTrue(!process.log().contains("\tat "), process.log());
      return complaints.getFirst();
    }
  }
}
