package gyre.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import gyre.proxy.http.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class ReloadTest {
  @TempDir Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger fetched = new AtomicInteger();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private HttpServer one;
  private HttpServer two;

  @BeforeEach
  void startSites() throws IOException {
    one = site("one");
    two = site("two");
  }

  private HttpServer site(String name) throws IOException {
    HttpServer site =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.setExecutor(threads);
    site.createContext(
        "/",
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/slow")) {
            asked.countDown();
            await(release);
          }
          if (exchange.getRequestURI().getPath().equals("/kept")) {
            fetched.incrementAndGet();
            exchange.getResponseHeaders().set("Cache-Control", "max-age=600");
          }
          exchange.sendResponseHeaders(200, name.length());
          exchange.getResponseBody().write(name.getBytes(UTF_8));
          exchange.close();
        });
    site.start();
    return site;
  }

  @AfterEach
  void stopSites() {
    one.stop(0);
    two.stop(0);
    threads.shutdownNow();
  }

  @Test
  void whatChangesHoldsForTheNextRequestOnAnOpenConnection() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("a", one, ""));
        RawClient client = new RawClient(proxy.address());
        RawClient slow = new RawClient(proxy.address())) {
      assertEquals("one", ask(client, "a.test", "/"));
      assertEquals("one", ask(client, "a.test", "/kept"));
      assertEquals(421, client.say(get("b.test", "/")).answer().status());
      slow.say(get("a.test", "/slow"));
      await(asked);

      proxy.rewrite(
          yaml("a", two, "limits: { body: 5 }") + entry("b", one).substring("sites:\n".length()));
      assertEquals("reloaded\n", proxy.admin("POST", "/api/reload").body());

      assertEquals("two", ask(client, "a.test", "/"));
      assertEquals("one", ask(client, "a.test", "/kept"));
      assertEquals(1, fetched.get());
      assertEquals("one", ask(client, "b.test", "/"));
      String metrics = proxy.admin("GET", "/metrics").body();
      assertTrue(
          metrics.contains("gyre_proxy_requests_total{source=\"hit\",status=\"2xx\"} 1.0"),
          metrics);
      assertTrue(metrics.contains("gyre_proxy_cache_entries 1.0"), metrics);
      assertTrue(metrics.contains("gyre_proxy_connections 2.0"), metrics);
      assertTrue(metrics.contains("gyre_proxy_connections_refused_total 0.0"), metrics);
      assertTrue(metrics.contains("gyre_proxy_upstream_idle "), metrics);
      assertTrue(metrics.contains("gyre_proxy_request_seconds_bucket{le=\"0.005\"}"), metrics);
      release.countDown();
      assertEquals("one", slow.answer().body());
      try (RawClient later = new RawClient(proxy.address())) {
        later.say("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nlonger");
        assertEquals(413, later.answer().status());
      }
    }
  }

  @Test
  void aWrongFileChangesNothingAndSaysWhy() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("a", one, ""));
        RawClient client = new RawClient(proxy.address())) {
      proxy.rewrite(yaml("a", two, "compresion: {}"));
      HttpResponse<String> answer = proxy.admin("POST", "/api/reload");
      assertEquals(400, answer.statusCode());
      assertTrue(
          answer
              .body()
              .endsWith(
                  "gyre.yaml:5: compresion: is not a key that Gyre knows; did you mean"
                      + " 'compression'?\n"),
          answer.body());
      assertEquals("one", ask(client, "a.test", "/"));
      proxy.rewrite(yaml("a", two, "access-log: { file: /nowhere/access.log }"));
      assertEquals(400, proxy.admin("POST", "/api/reload").statusCode());
      assertEquals("one", ask(client, "a.test", "/"));
      assertEquals(405, proxy.admin("GET", "/api/reload").statusCode());
    }
  }

  @Test
  void aLimitOnRequestsAppliesToClientsThatATrustedProxyNames() throws Exception {
    String limit =
        """
        trusted-proxies: [127.0.0.1]
        limits: { per-client: { requests-per-second: 1, burst: 3 } }
        """;
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("a", one, limit));
        RawClient client = new RawClient(proxy.address())) {
      String eager = "GET / HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";
      RawClient.Answer answer = client.say(eager).answer();
      int passed = 0;
      while (answer.status() == 200) {
        passed++;
        answer = client.say(eager).answer();
      }
      assertTrue(passed >= 3, "passed " + passed);
      assertEquals(429, answer.status());
      assertEquals("1", answer.header("retry-after"));
      assertEquals(200, client.say(eager.replace("0.2.1", "0.2.2")).answer().status());
      proxy.rewrite(yaml("a", one, ""));
      assertEquals("reloaded\n", proxy.admin("POST", "/api/reload").body());
      assertEquals(200, client.say(eager).answer().status());
    }
  }

  @Test
  void aHangupSignalReloadsAndNamesWhatNeedsARestart() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("a", one, ""));
        RawClient client = new RawClient(proxy.address())) {
      proxy.rewrite(yaml("a", two, "cache: { memory: 1MiB }\nkeys: { rotation: 3d }"));
      proxy.signal("HUP");
      assertTrue(proxy.line("read anew").endsWith("needs a restart: cache, keys"));
      assertEquals("two", ask(client, "a.test", "/"));
    }
  }

  private static String ask(RawClient client, String host, String path) throws IOException {
    RawClient.Answer answer = client.say(get(host, path)).answer();
    assertEquals(200, answer.status(), answer::body);
    return answer.body();
  }

  private static String get(String host, String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  private static String yaml(String site, HttpServer upstream, String more) {
    return more.isEmpty() ? entry(site, upstream) : more + "\n" + entry(site, upstream);
  }

  private static String entry(String site, HttpServer upstream) {
    return "sites:\n  - { id: %s, hosts: [%s.test], upstreams: ['http://127.0.0.1:%d'] }\n"
        .formatted(site, site, upstream.getAddress().getPort());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
