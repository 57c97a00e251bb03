package gyre.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gyre.operations.config.TlsConfig;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.h3.QuicClient;
import gyre.proxy.http.h3.QuicStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A proxy as it runs, visited over HTTP/3. */
@Timeout(90)
class Http3ProxyTest {
  private static final List<String> COMPARED =
      List.of(
          "content-type", "content-length", "content-range", "etag", "cache-status", "via", "vary");

  /** What is asked over both; a name that is empty asks for no more. */
  private record Ask(String method, String path, String name, String value, String content) {
    Ask(String method, String path) {
      this(method, path, "", "", "");
    }
  }

  private record Told(String status, Map<String, String> fields, String text) {}

  private static final List<Ask> ASKS =
      List.of(
          new Ask("GET", "/passed"),
          new Ask("GET", "/cached"),
          new Ask("GET", "/cached"),
          new Ask("HEAD", "/cached"),
          new Ask("GET", "/cached", "range", "bytes=1-2", ""),
          new Ask("GET", "/cached", "range", "bytes=9-", ""),
          new Ask("GET", "/cached", "if-none-match", "\"v\"", ""),
          new Ask("POST", "/echo", "content-type", "text/plain", "said"),
          new Ask("GET", "/absent"));

  @TempDir Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private TlsConfig.Certificate certificate;
  private HttpServer site;

  @BeforeEach
  void startSite() throws Exception {
    certificate = Certificates.make(folder, "site", "ip:127.0.0.1");
    site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.setExecutor(threads);
    site.createContext("/", this::serve);
    site.start();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/slow")) {
      asked.countDown();
      await(release);
    }
    byte[] text =
        path.equals("/echo") ? exchange.getRequestBody().readAllBytes() : "here".getBytes(UTF_8);
    exchange
        .getResponseHeaders()
        .putAll(
            Map.of(
                "Cache-Control", List.of(path.equals("/cached") ? "max-age=600" : "no-store"),
                "Content-Type", List.of("text/plain"),
                "ETag", List.of("\"v\""),
                "Alt-Svc", List.of("h3=\":1\"")));
    exchange.sendResponseHeaders(path.equals("/absent") ? 404 : 200, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }

  @AfterEach
  void stopSite() {
    site.stop(0);
    threads.shutdownNow();
  }

  private RunningProxy start(boolean http3) throws Exception {
    return RunningProxy.start(
        folder,
        """
        tls: { listen: "127.0.0.1:0", http3: %s, certificates: [{ cert: '%s', key: '%s' }] }
        drain: { deadline: 20s }
        access-log: { file: access.log }
        sites: [{ id: a, hosts: [a.test, 127.0.0.1], upstreams: ['http://127.0.0.1:%d'] }]
        """
            .formatted(http3, certificate.cert(), certificate.key(), site.getAddress().getPort()));
  }

  @Test
  void answersAreThoseOfHttp2AndLoggedAsHttp3() throws Exception {
    try (RunningProxy proxy = start(true)) {
      try (QuicClient http3 = QuicClient.connect(proxy.secureAddress());
          HttpClient http2 = client()) {
        for (Ask ask : ASKS) {
          assertEquals(over2(http2, proxy, ask), over3(http3, ask), ask::toString);
        }
      }
      proxy.signal("TERM");
      assertEquals(0, proxy.ended());
      String lines = Files.readString(folder.resolve("access.log"));
      assertTrue(lines.contains("\"GET /cached HTTP/3.0\" 200"), lines);
      assertTrue(lines.contains("\"POST /echo HTTP/3.0\" 200"), lines);
    }
  }

  @Test
  void noRequestIsLostWhereTheProxyIsAskedToEnd() throws Exception {
    int visitors = 4;
    try (RunningProxy proxy = start(true);
        QuicClient slow = QuicClient.connect(proxy.secureAddress())) {
      CountDownLatch busy = new CountDownLatch(visitors);
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < visitors; i++) {
        String path = i % 2 == 0 ? "/cached" : "/passed";
        clients.add(threads.submit(() -> askUntilToldToGo(proxy, path, busy)));
      }
      QuicStream running = slow.get("/slow");
      await(busy);
      await(asked);

      proxy.signal("TERM");
      for (Future<Integer> client : clients) {
        assertTrue(client.get() >= 50);
      }
      release.countDown();
      assertEquals("200", running.answer().status());
      assertEquals(0, proxy.ended());
    }
  }

  /** How many answers there were; any failure is one of the test. */
  private static int askUntilToldToGo(RunningProxy proxy, String path, CountDownLatch busy)
      throws Exception {
    try (QuicClient client = QuicClient.connect(proxy.secureAddress())) {
      int answers = 0;
      while (!client.isToldToGo()) {
        QuicStream stream = client.get(path);
        if (stream.isSent()) {
          assertEquals("200", stream.answer().status());
          answers++;
        }
        if (answers == 50) {
          busy.countDown();
        }
      }
      return answers;
    }
  }

  @Test
  void onlyAProxyWithHttp3TellsOfItAndNeverOfItsUpstreams() throws Exception {
    for (boolean http3 : List.of(true, false)) {
      try (RunningProxy proxy = start(http3);
          HttpClient client = client()) {
        List<String> told =
            http3
                ? List.of("h3=\":" + proxy.secureAddress().getPort() + "\"; ma=86400")
                : List.of();
        for (int i = 0; i < 2; i++) {
          HttpResponse<String> answer = ask(client, proxy, new Ask("GET", "/cached"));
          assertEquals(told, answer.headers().allValues("alt-svc"));
        }
      }
    }
  }

  private HttpClient client() throws Exception {
    return HttpClient.newBuilder().sslContext(Certificates.trusting(certificate.cert())).build();
  }

  private static HttpResponse<String> ask(HttpClient client, RunningProxy proxy, Ask ask)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + proxy.secureAddress().getPort() + ask.path()))
            .method(
                ask.method(),
                ask.content().isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(ask.content()));
    if (!ask.name().isEmpty()) {
      request.header(ask.name(), ask.value());
    }
    HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
    assertEquals(HttpClient.Version.HTTP_2, answer.version());
    return answer;
  }

  private static Told over2(HttpClient client, RunningProxy proxy, Ask ask) throws Exception {
    HttpResponse<String> answer = ask(client, proxy, ask);
    Map<String, String> fields = new TreeMap<>();
    COMPARED.forEach(name -> fields.put(name, answer.headers().firstValue(name).orElse("")));
    return new Told(Integer.toString(answer.statusCode()), fields, answer.body());
  }

  private static Told over3(QuicClient client, Ask ask) throws Exception {
    QuicStream stream = client.open();
    if (ask.name().isEmpty()) {
      stream.head(ask.method(), ask.path());
    } else {
      stream.head(ask.method(), ask.path(), ask.name(), ask.value());
    }
    if (!ask.content().isEmpty()) {
      stream.data(ask.content());
    }
    QuicStream.Answer answer = stream.end().answer();
    Map<String, String> fields = new TreeMap<>();
    COMPARED.forEach(name -> fields.put(name, answer.field(0, name)));
    return new Told(answer.status(), fields, answer.text());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
