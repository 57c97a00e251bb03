package gyre.proxy.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Upstreams with TLS: whoever cannot prove who it is gets no request. */
@Timeout(30)
class HttpsUpstreamTest {
  @TempDir static Path folder;
  private static OwnAuthority authority;
  private static Transport transport;

  @BeforeAll
  static void start() throws Exception {
    authority = new OwnAuthority(folder, "trusted");
    transport = Transport.start();
  }

  @AfterAll
  static void stop() {
    transport.close();
  }

  private static ScriptedServer server(OwnAuthority by, String san, String start) throws Exception {
    return new ScriptedServer(
        by.server(san, start),
        c -> {
          while (!c.head().isEmpty()) {
            c.say("HTTP/1.1 204 No Content\r\n\r\n");
          }
        });
  }

  private static int ask(ScriptedServer server) throws Exception {
    try (HttpClient client =
        new HttpClient(transport, UpstreamTls.trusting(authority.pem()), ClientLimits.DEFAULT)) {
      return client.fetch(new Endpoint.Tls("127.0.0.1", server.port()), get()).status();
    }
  }

  private static Request get() {
    return new Request(
        "GET",
        "http",
        "site.test",
        "/a",
        Headers.of("host", "site.test"),
        Body.EMPTY,
        InetAddress.getLoopbackAddress());
  }

  @Test
  void aServerThatTheSitesAuthorityVouchesForIsAsked() throws Exception {
    try (ScriptedServer server = server(authority, "ip:127.0.0.1", "-1d")) {
      assertEquals(204, ask(server));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ip:127.0.0.2    | -1d  | its certificate is refused: No subject alternative names matching IP address 127.0.0.1 found
          dns:other.test  | -1d  | its certificate is refused: No subject alternative names matching IP address 127.0.0.1 found
          ip:127.0.0.1    | -30d | its certificate has expired: NotAfter:
          ip:127.0.0.1    | +5d  | its certificate is not valid yet: NotBefore:
          """)
  void aCertificateThatDoesNotHoldIsRefusedWithItsReason(String san, String start, String reason)
      throws Exception {
    try (ScriptedServer server = server(authority, san, start)) {
      IOException failure = assertThrows(ConnectException.class, () -> ask(server));
      String expected = "cannot connect to https://127.0.0.1:" + server.port() + ": " + reason;
      assertTrue(failure.getMessage().startsWith(expected), failure.getMessage());
    }
  }

  @Test
  void aServerThatAnotherAuthorityVouchesForIsRefused() throws Exception {
    OwnAuthority other = new OwnAuthority(folder, "other");
    try (ScriptedServer server = server(other, "ip:127.0.0.1", "-1d")) {
      IOException failure = assertThrows(ConnectException.class, () -> ask(server));
      assertTrue(
          failure.getMessage().endsWith("its certificate is signed by nobody who is trusted"),
          failure.getMessage());
    }
  }

  /** Who cuts a connection cannot say that the response has ended (RFC 9112, 9.8). */
  @Test
  void aBodyThatEndsWithoutTheServersWordIsNotWhole() throws Exception {
    SSLContext tls = authority.context("ip:127.0.0.1", "-1d");
    for (boolean says : new boolean[] {true, false}) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          HttpClient client =
              new HttpClient(
                  transport, UpstreamTls.trusting(authority.pem()), ClientLimits.DEFAULT)) {
        Thread.ofVirtual().start(() -> answerHalf(socket, tls, says));
        Body body =
            client.fetch(new Endpoint.Tls("127.0.0.1", socket.getLocalPort()), get()).body();
        assertTrue(body.next().isPresent());
        if (says) {
          assertEquals(Optional.empty(), body.next());
        } else {
          assertThrows(IOException.class, body::next);
        }
        body.close();
      }
    }
  }

  private static void answerHalf(ServerSocket socket, SSLContext tls, boolean says) {
    try (Socket plain = socket.accept()) {
      SSLSocket secure =
          (SSLSocket) tls.getSocketFactory().createSocket(plain, "", plain.getPort(), false);
      secure.setUseClientMode(false);
      assertTrue(secure.getInputStream().read() > 0);
      secure.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nhalf".getBytes(US_ASCII));
      secure.getInputStream().readNBytes(20);
      if (says) {
        secure.shutdownOutput();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aServerWithoutTlsIsRefused() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(c -> c.say("HTTP/1.1 400 Bad Request\r\n\r\n"))) {
      IOException failure = assertThrows(ConnectException.class, () -> ask(server));
      assertTrue(failure.getMessage().contains("not an SSL/TLS record"), failure.getMessage());
    }
  }

  /** The connection may be closed before whoever opened it looks at it. */
  @Test
  void aServerThatClosesEachConnectionAtOnceIsRefusedEachTime() throws Exception {
    try (ScriptedServer server = new ScriptedServer(c -> {})) {
      for (int i = 0; i < 300; i++) {
        assertThrows(ConnectException.class, () -> ask(server));
      }
      assertEquals(300, server.connections());
    }
  }
}
