package gyre.worker.shell;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.AppConfig;
import gyre.operations.config.HostPort;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellServerTest {
  private static final URI SIGNALLING = URI.create("wss://signal.example:8443/.gyre/signal");

  @TempDir Path folder;
  private ShellServer server;

  @BeforeEach
  void serve() throws IOException {
    server =
        new ShellServer(
            new HostPort("127.0.0.1", 0),
            ShellApps.read(List.of(app("search", "export default {}"), app("other", "other()"))),
            SIGNALLING);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void eachAppHasItsOwnScriptAtItsOwnHost() throws IOException {
    assertTrue(get("search.localhost:" + server.port(), "/app.js").endsWith("export default {}"));
    assertTrue(get("other.localhost:" + server.port(), "/app.js").endsWith("other()"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/worker-runtime.js", "/worker-app.js", "/app.js"})
  void everyFileCarriesTheWholePolicy(String path) throws IOException {
    String answer = get("search.localhost:" + server.port(), path).toLowerCase(Locale.ROOT);
    assertTrue(answer.startsWith("http/1.1 200"), answer);
    assertTrue(
        answer.contains(
            "default-src 'none'; script-src 'self'; worker-src 'self';"
                + " connect-src wss://signal.example:8443;"),
        answer);
    assertTrue(answer.contains("cross-origin-opener-policy: same-origin"), answer);
    assertTrue(answer.contains("cross-origin-embedder-policy: require-corp"), answer);
    assertTrue(answer.contains("cache-control: no-store"), answer);
    assertFalse(answer.contains("set-cookie"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "unknown.localhost:PORT",
        "search.localhost:1",
        "search.localhost",
        "127.0.0.1:PORT",
        "localhost:PORT",
        "search.evil.example:PORT",
        "a.search.localhost:PORT",
        ".localhost:PORT"
      })
  void anyOtherHostIsNotFound(String host) throws IOException {
    String answer = get(host.replace("PORT", Integer.toString(server.port())), "/app.js");
    assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/app.js/", "/../app.js", "/favicon.ico", "/gyre/client/peer-client.js"})
  void anyOtherPathIsNotFound(String path) throws IOException {
    String answer = get("search.localhost:" + server.port(), path);
    assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
  }

  @Test
  void nothingCanBePosted() throws IOException {
    String answer = ask("POST", "search.localhost:" + server.port(), "/");
    assertTrue(answer.startsWith("HTTP/1.1 405"), answer);
  }

  @Test
  void anAddressThatOthersReachIsRefused() throws IOException {
    ShellApps apps = ShellApps.read(List.of());
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () -> new ShellServer(new HostPort("0.0.0.0", 0), apps, SIGNALLING));
    assertTrue(failure.getMessage().contains("worker.listen"), failure.getMessage());
  }

  @Test
  void aPortInUseIsOneLineThatNamesIt() {
    ShellApps apps = ShellApps.read(List.of());
    HostPort taken = new HostPort("127.0.0.1", server.port());
    StartFailure failure =
        assertThrows(StartFailure.class, () -> new ShellServer(taken, apps, SIGNALLING));
    assertTrue(failure.getMessage().contains(taken.toString()), failure.getMessage());
  }

  @Test
  void theShellOfAnAppIsItsOwnOrigin() {
    assertEquals(
        "http://search.localhost:" + server.port() + "/", server.shellOf("search").toString());
  }

  private AppConfig app(String name, String script) throws IOException {
    return new AppConfig(name, Files.writeString(folder.resolve(name + ".js"), script), Map.of());
  }

  private String get(String host, String path) throws IOException {
    return ask("GET", host, path);
  }

  private String ask(String method, String host, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      String request =
          method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
