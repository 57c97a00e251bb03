package gyre.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import gyre.proxy.http.RawClient;
import gyre.proxy.http.h2.FrameClient;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class DrainTest {
  private static final int CLIENTS = 12;

  @TempDir Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private HttpServer site;

  @BeforeEach
  void startSite() throws IOException {
    site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    site.setExecutor(threads);
    site.createContext(
        "/",
        exchange -> {
          if (exchange.getRequestURI().getPath().equals("/slow")) {
            asked.countDown();
            await(release);
          }
          boolean cached = exchange.getRequestURI().getPath().equals("/cached");
          exchange.getResponseHeaders().set("Cache-Control", cached ? "max-age=600" : "no-store");
          exchange.sendResponseHeaders(200, 4);
          exchange.getResponseBody().write("here".getBytes(UTF_8));
          exchange.close();
        });
    site.start();
  }

  @AfterEach
  void stopSite() {
    site.stop(0);
    threads.shutdownNow();
  }

  @Test
  void noRequestIsLostWhereTheProxyIsAskedToEnd() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("drain: { deadline: 20s }"))) {
      List<Future<Integer>> clients = new ArrayList<>();
      CountDownLatch busy = new CountDownLatch(CLIENTS);
      for (int i = 0; i < CLIENTS; i++) {
        String path = i % 2 == 0 ? "/cached" : "/passed";
        clients.add(threads.submit(() -> askUntilToldToClose(proxy, path, busy)));
      }
      Future<Integer> slow = threads.submit(() -> get(proxy, "/slow"));
      RawClient idle = new RawClient(proxy.address());
      idle.say(request("/cached")).answer();
      await(busy);
      await(asked);

      proxy.signal("TERM");
      for (Future<Integer> client : clients) {
        assertTrue(client.get() >= 50);
      }
      assertTrue(idle.isClosed());
      assertEquals("stopping\n", proxy.admin("GET", "/readyz").body());
      release.countDown();
      assertEquals(200, slow.get());
      assertEquals(0, proxy.ended());
    }
  }

  @Test
  void noRequestIsLostOverHttp2WhereTheProxyIsAskedToEnd() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("drain: { deadline: 20s }"));
        Transport transport = Transport.start();
        HttpClient client =
            new HttpClient(transport, UpstreamTls.trustingTheSystem(), ClientLimits.DEFAULT)) {
      List<Future<Integer>> clients = new ArrayList<>();
      CountDownLatch busy = new CountDownLatch(CLIENTS);
      for (int i = 0; i < CLIENTS; i++) {
        String path = i % 2 == 0 ? "/cached" : "/passed";
        clients.add(threads.submit(() -> askOverHttp2UntilRefused(client, proxy, path, busy)));
      }
      Future<Integer> slow = threads.submit(() -> ask(client, proxy, "/slow"));
      await(busy);
      await(asked);

      proxy.signal("TERM");
      for (Future<Integer> each : clients) {
        assertTrue(each.get() >= 50);
      }
      release.countDown();
      assertEquals(200, slow.get());
      assertEquals(0, proxy.ended());
    }
  }

  @Test
  void clientsOfHttp2AreToldOfTheEndAndServedUntilThen() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("drain: { deadline: 20s }"));
        FrameClient client = FrameClient.connect(proxy.address())) {
      client.get(1, "/slow").send();
      await(asked);
      proxy.signal("TERM");
      FrameClient.Frame notice = client.until(frame -> frame.type() == FrameClient.GOAWAY);
      assertEquals(Integer.MAX_VALUE, notice.number(0));
      assertEquals(0, notice.number(4), "no error");
      client.get(3, "/passed").send(); // was on its way
      assertEquals("here", client.answer(3).text());
      assertEquals(3, client.until(frame -> frame.type() == FrameClient.GOAWAY).number(0));
      release.countDown();
      assertEquals("here", client.answer(1).text());
      assertEquals(-1, client.socket().getInputStream().read());
      assertEquals(0, proxy.ended());
    }
  }

  /** How many answers there were until no connection was taken; any other failure is the test's. */
  private static int askOverHttp2UntilRefused(
      HttpClient client, RunningProxy proxy, String path, CountDownLatch busy) throws IOException {
    int answers = 0;
    try {
      while (true) {
        assertEquals(200, ask(client, proxy, path));
        answers++;
        if (answers == 50) {
          busy.countDown();
        }
      }
    } catch (ConnectException refused) {
      return answers;
    }
  }

  /** What may not be repeated: it goes out twice only where the proxy did nothing for it. */
  private static int ask(HttpClient client, RunningProxy proxy, String path) throws IOException {
    Request request =
        new Request(
            "POST",
            "http",
            "a.test",
            path,
            Headers.of("host", "a.test"),
            Body.EMPTY,
            InetAddress.getLoopbackAddress());
    Endpoint front = new Endpoint.H2("127.0.0.1", proxy.address().getPort(), false);
    Response response = client.fetch(front, request);
    try (Body body = response.body()) {
      while (body.next().isPresent()) {}
    }
    return response.status();
  }

  @Test
  void balancersLearnItBeforeConnectionsAreRefused() throws Exception {
    try (RunningProxy proxy =
        RunningProxy.start(folder, yaml("drain: { delay: 60s, deadline: 20s }"))) {
      assertEquals(200, proxy.admin("GET", "/readyz").statusCode());
      proxy.signal("TERM");
      proxy.line("no longer ready");
      assertEquals(503, proxy.admin("GET", "/readyz").statusCode());
      assertEquals(200, proxy.admin("GET", "/healthz").statusCode());
      assertEquals(200, get(proxy, "/cached"));
      proxy.signal("INT");
      assertEquals(143, proxy.ended());
    }
  }

  @Test
  void whatDoesNotEndInTimeIsCutOff() throws Exception {
    try (RunningProxy proxy = RunningProxy.start(folder, yaml("drain: { deadline: 300ms }"));
        RawClient slow = new RawClient(proxy.address())) {
      slow.say(request("/slow"));
      await(asked);
      proxy.signal("TERM");
      assertEquals(0, proxy.ended());
    }
  }

  /** How many answers there were; any failure is one of the test. */
  private static int askUntilToldToClose(RunningProxy proxy, String path, CountDownLatch busy)
      throws IOException {
    try (RawClient client = new RawClient(proxy.address())) {
      int answers = 0;
      while (true) {
        RawClient.Answer answer = client.say(request(path)).answer();
        assertEquals(200, answer.status());
        answers++;
        if (answers == 50) {
          busy.countDown();
        }
        if (answer.header("connection").equals("close")) {
          assertTrue(client.isClosed());
          return answers;
        }
      }
    }
  }

  private static int get(RunningProxy proxy, String path) throws IOException {
    try (RawClient client = new RawClient(proxy.address())) {
      return client.say(request(path)).answer().status();
    }
  }

  private static String request(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
  }

  private String yaml(String more) {
    return more
        + "\nsites: [{ id: a, hosts: [a.test], upstreams: ['http://127.0.0.1:"
        + site.getAddress().getPort()
        + "'] }]\n";
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
