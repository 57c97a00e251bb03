package gyre.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.wire.key.SigningKey;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole worker node with real Chromium, beside a real signalling server and a real proxy. */
class WorkerNodeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GREETER =
      """
      export default {
        async fetch(request, env) {
          return new Response(`${request.method} ${env.WORD} ${await request.text()}`);
        }
      };
      """;

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private int front;
  private int nodeAdmin;
  private Path config;
  private Server signalling;

  @BeforeEach
  void startSignalling() throws IOException {
    configure(GREETER);
    signalling = Server.start("gyre.signalling.Main", config);
  }

  @AfterEach
  void stopSignalling() {
    signalling.close();
    http.close();
  }

  @Test
  void aTabAnswersTheProxyAndAKilledOneIsReplaced() throws Exception {
    try (Server proxy = Server.start("gyre.proxy.Main", config);
        Server node = Server.start("gyre.worker.Main", config)) {
      await("a channel to the tab", () -> tab().path("channels").asInt() == 1, node, proxy);
      HttpResponse<String> answer = post("/app", "hello");
      assertEquals("POST word hello", answer.body());
      assertTrue(answer.headers().firstValue("cache-status").orElse("").contains("detail=worker"));

      String key = tab().path("key").asText();
      assertEquals(202, admin("POST", "/api/tabs/kill?app=greeter").statusCode());
      await("another tab", () -> isAnotherRegistered(key), node, proxy);
      await("a channel to it", () -> tab().path("channels").asInt() == 1, node, proxy);
      assertEquals("POST word again", post("/app", "again").body());
    }
  }

  @Test
  void aNodeThatIsAskedToEndLeavesNoBrowser() throws Exception {
    List<ProcessHandle> below;
    try (Server node = withTab()) {
      below = node.descendants();
      assertFalse(below.isEmpty());
    }
    assertAllEnd(below);
  }

  @Test
  void aNodeThatIsKilledLeavesNoBrowser() throws Exception {
    try (Server node = withTab()) {
      List<ProcessHandle> below = node.descendants();
      node.process().destroyForcibly();
      assertAllEnd(below);
    }
  }

  @Test
  void aBrowserThatIsKilledIsReplaced() throws Exception {
    try (Server node = withTab()) {
      String key = tab().path("key").asText();
      node.process().children().forEach(ProcessHandle::destroyForcibly);
      await("another browser's tab", () -> isAnotherRegistered(key), node);
      assertEquals(2, tabs().path("browsers").asInt(), node.lines()::toString);
    }
  }

  @Test
  void aBrowserWhoseEveryTabIsKilledComesBack() throws Exception {
    try (Server node = withTab()) {
      String key = tab().path("key").asText();
      List<ProcessHandle> renderers = node.descendants("--type=renderer");
      assertFalse(renderers.isEmpty());
      renderers.forEach(ProcessHandle::destroyForcibly);
      await("another tab", () -> isAnotherRegistered(key), node);
    }
  }

  @Test
  void anAppThatDoesNotLoadIsOneLineAndHarmsNothingElse() throws Exception {
    configure("garbage ((( x");
    trustSomeProxy();
    try (Server node = Server.start("gyre.worker.Main", config)) {
      await("the line", () -> !node.linesWith("no tab for greeter for demo").isEmpty(), node);
      assertEquals(200, admin("GET", "/healthz").statusCode());
      assertEquals(503, admin("GET", "/readyz").statusCode());
    }
  }

  @Test
  void aConfigurationWithoutAnAppIsOneLine() throws Exception {
    Path empty =
        Files.writeString(
            folder.resolve("empty.yaml"),
            "sites: [{ id: demo, hosts: ['*'], upstreams: ['http://127.0.0.1:1'] }]\n");
    try (Server node = Server.start("gyre.worker.Main", empty)) {
      assertEquals(2, node.awaitEnd());
      assertEquals(1, node.lines().size(), node.lines()::toString);
    }
  }

  /** A proxy's key makes the tab start; no proxy needs to run. */
  private Server withTab() throws Exception {
    trustSomeProxy();
    Server node = Server.start("gyre.worker.Main", config);
    await("a registered tab", () -> admin("GET", "/readyz").statusCode() == 200, node);
    return node;
  }

  private void trustSomeProxy() throws IOException {
    Files.createDirectories(folder.resolve("data/trust/proxies"));
    Files.writeString(
        folder.resolve("data/trust/proxies/test.pub"), SigningKey.generate().verifyingKey() + "\n");
  }

  private void configure(String script) throws IOException {
    front = freePort();
    nodeAdmin = freePort();
    Files.writeString(folder.resolve("greeter.js"), script);
    config =
        Files.writeString(
            folder.resolve("gyre.yaml"),
            """
            data: ./data
            listen: 127.0.0.1:%d
            admin: { listen: 127.0.0.1:0 }
            signalling: { listen: 127.0.0.1:%d, admin: { listen: 127.0.0.1:0 } }
            worker: { listen: 127.0.0.1:0, admin: { listen: 127.0.0.1:%d } }
            sites:
              - { id: demo, hosts: ['*'], upstreams: ['http://127.0.0.1:1'], routes: [{ match: /app, app: greeter }] }
            apps:
              - { name: greeter, file: greeter.js, vars: { WORD: word } }
            """
                .formatted(front, freePort(), nodeAdmin));
  }

  /** Nothing else listens in this network namespace: the port stays free until it is taken. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean isAnotherRegistered(String key) throws IOException, InterruptedException {
    JsonNode now = tab();
    return now.path("registered").asBoolean() && !now.path("key").asText().equals(key);
  }

  private JsonNode tab() throws IOException, InterruptedException {
    return tabs().path("tabs").path(0);
  }

  private JsonNode tabs() throws IOException, InterruptedException {
    return JSON.readTree(admin("GET", "/api/tabs").body());
  }

  private HttpResponse<String> admin(String method, String path)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nodeAdmin + path))
            .method(method, BodyPublishers.noBody()));
  }

  private HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + front + path))
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.timeout(Duration.ofSeconds(15)).build(), BodyHandlers.ofString());
  }

  private static void assertAllEnd(List<ProcessHandle> processes) throws Exception {
    for (ProcessHandle process : processes) {
      process.onExit().get(15, TimeUnit.SECONDS);
    }
  }

  private static void await(String what, Callable<Boolean> condition, Server... servers)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!holds(condition)) {
      if (System.nanoTime() > end) {
        StringBuilder said = new StringBuilder(what + ": not within 60 s\n");
        for (Server server : servers) {
          said.append(String.join("\n", server.lines())).append('\n');
        }
        throw new AssertionError(said);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** A server that is not there yet is a condition that does not hold yet. */
  private static boolean holds(Callable<Boolean> condition) throws Exception {
    try {
      return condition.call();
    } catch (IOException e) {
      return false;
    }
  }
}
