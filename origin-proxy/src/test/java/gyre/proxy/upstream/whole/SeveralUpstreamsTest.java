package gyre.proxy.upstream.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A site with two servers, of which one is broken in one way or another. */
@Timeout(20)
class SeveralUpstreamsTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n";
  private static final String POST =
      "POST /a HTTP/1.1\r\nHost: site.test\r\nContent-Length: 2\r\n\r\nhi";
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("gyre.proxy");

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
  }

  private List<String> lines(Level level) {
    return List.copyOf(log.list).stream()
        .filter(event -> event.getLevel().equals(level))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static ScriptedServer saying(String body) throws IOException {
    return new ScriptedServer(
        c -> {
          for (String head = c.head(); !head.isEmpty(); head = c.head()) {
            if (head.startsWith("POST")) {
              c.bytes(2);
            }
            c.say("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 1\r\n\r\n" + body);
          }
        });
  }

  private static String both(int first, int second) {
    return "upstreams: ['http://127.0.0.1:" + first + "', 'http://127.0.0.1:" + second + "']";
  }

  private static int gonePort() throws IOException {
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return gone.getLocalPort();
    }
  }

  private static String ask(WholeProxy proxy, String request) throws IOException {
    try (RawClient visitor = proxy.visitor()) {
      RawClient.Answer answer = visitor.say(request).answer();
      return answer.status() == 200 ? answer.body() : Integer.toString(answer.status());
    }
  }

  private static double gauge(WholeProxy proxy, String name, int port) {
    return proxy
        .metrics
        .get(name)
        .tag("upstream", "http://127.0.0.1:" + port)
        .meter()
        .measure()
        .iterator()
        .next()
        .getValue();
  }

  @Test
  void takeTurns() throws Exception {
    try (ScriptedServer a = saying("a");
        ScriptedServer b = saying("b");
        WholeProxy proxy = new WholeProxy(both(a.port(), b.port()))) {
      StringBuilder answers = new StringBuilder();
      for (int i = 0; i < 6; i++) {
        answers.append(ask(proxy, POST));
      }
      assertEquals("ababab", answers.toString());
    }
  }

  @Test
  void theBusyOneGetsNoMore() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer a =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\na");
                  await(over);
                  c.say("a".repeat(19_999));
                });
        ScriptedServer b = saying("b");
        WholeProxy proxy =
            new WholeProxy(both(a.port(), b.port()) + ", routes: [{ match: /*, between: 10s }]");
        RawClient visitor = proxy.visitor()) {
      visitor.say("OPTIONS /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
      visitor.until("\r\n\r\na");
      assertEquals(1, gauge(proxy, "gyre.proxy.upstream.outstanding", a.port()));
      for (int i = 0; i < 5; i++) {
        assertEquals("b", ask(proxy, POST));
        FixtureWait.until(() -> gauge(proxy, "gyre.proxy.upstream.outstanding", b.port()) == 0);
      }
      over.countDown();
      visitor.until("a");
      FixtureWait.until(() -> gauge(proxy, "gyre.proxy.upstream.outstanding", a.port()) == 0);
    }
  }

  @Test
  void aServerThatIsNotThereCostsNobodyAnAnswerAndIsSaidOnce() throws Exception {
    int gone = gonePort();
    try (ScriptedServer b = saying("b");
        WholeProxy proxy = new WholeProxy(both(gone, b.port()))) {
      for (int i = 0; i < 20; i++) {
        assertEquals("b", ask(proxy, i % 2 == 0 ? POST : GET));
      }
      assertEquals(1, lines(Level.WARN).size(), lines(Level.WARN)::toString);
      assertTrue(
          lines(Level.WARN)
              .getFirst()
              .startsWith(
                  "site site: upstream http://127.0.0.1:"
                      + gone
                      + " is out of service: cannot connect"),
          lines(Level.WARN)::getFirst);
      assertEquals(0, gauge(proxy, "gyre.proxy.upstream.up", gone));
      assertEquals(3, gauge(proxy, "gyre.proxy.upstream.failures", gone));
      assertEquals(1, gauge(proxy, "gyre.proxy.upstream.up", b.port()));
    }
  }

  @Test
  void aReadThatGotNoAnswerGoesToTheOther() throws Exception {
    for (boolean reset : new boolean[] {true, false}) {
      AtomicInteger asked = new AtomicInteger();
      try (ScriptedServer a = hangingUp(asked, reset);
          ScriptedServer b = saying("b");
          WholeProxy proxy = new WholeProxy(both(a.port(), b.port()))) {
        assertEquals("b", ask(proxy, GET));
        assertEquals(2, asked.get(), "once more on a fresh connection, then the other server");
      }
    }
  }

  @Test
  void aPostThatGotNoAnswerGoesNowhereElse() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedServer a = hangingUp(asked, true);
        ScriptedServer b = saying("b");
        WholeProxy proxy = new WholeProxy(both(a.port(), b.port()))) {
      assertEquals("502", ask(proxy, POST));
      assertEquals(1, asked.get());
      assertEquals(0, b.connections());
    }
  }

  private static ScriptedServer hangingUp(AtomicInteger asked, boolean reset) throws IOException {
    return new ScriptedServer(
        c -> {
          c.head();
          asked.incrementAndGet();
          if (reset) {
            c.reset();
          }
        });
  }

  @Test
  void aTunnelCountsWhileItIsOpenAndGoesToAnotherWhereOneTakesNoConnection() throws Exception {
    int gone = gonePort();
    try (ScriptedServer b =
            new ScriptedServer(
                c -> {
                  assertTrue(c.head().contains("upgrade: websocket"));
                  c.say("HTTP/1.1 101 Switching Protocols\r\n\r\n");
                  assertTrue(c.peerHasLeft());
                });
        WholeProxy proxy =
            new WholeProxy(both(gone, b.port()) + ", routes: [{ match: /*, cache: never }]")) {
      for (int i = 0; i < 10; i++) {
        try (RawClient visitor = proxy.visitor()) {
          String head =
              visitor
                  .say("GET /a HTTP/1.1\r\nHost: site.test\r\n")
                  .say("Connection: upgrade\r\nUpgrade: websocket\r\n\r\n")
                  .until("\r\n\r\n");
          assertTrue(head.startsWith("HTTP/1.1 101 "), head);
          assertEquals(1, gauge(proxy, "gyre.proxy.upstream.outstanding", b.port()));
          assertEquals(0, gauge(proxy, "gyre.proxy.upstream.outstanding", gone));
        }
        FixtureWait.until(() -> gauge(proxy, "gyre.proxy.upstream.outstanding", b.port()) == 0);
      }
      assertEquals(0, gauge(proxy, "gyre.proxy.upstream.up", gone));
    }
  }

  @Test
  void afterADeadlineNobodyElseIsAsked() throws Exception {
    try (ScriptedServer a =
            new ScriptedServer(
                c -> {
                  c.head();
                  assertTrue(c.peerHasLeft());
                });
        ScriptedServer b = saying("b");
        WholeProxy proxy = new WholeProxy(both(a.port(), b.port()))) {
      assertEquals("504", ask(proxy, GET));
      assertEquals(0, b.connections());
    }
  }

  @Test
  void whereNoneIsThereTheAnswerIs502() throws Exception {
    try (WholeProxy proxy = new WholeProxy(both(gonePort(), gonePort()))) {
      for (int i = 0; i < 10; i++) {
        assertEquals("502", ask(proxy, GET));
      }
    }
  }

  @Test
  void aHealthCheckTakesAServerOutAndBringsItBack() throws Exception {
    AtomicBoolean isWell = new AtomicBoolean();
    try (ScriptedServer a =
            new ScriptedServer(
                c -> {
                  String head = c.head();
                  boolean isCheck = head.startsWith("GET /healthz HTTP/1.1\r\n");
                  assertTrue(!isCheck || head.contains("host: site.test\r\n"), head);
                  c.say(
                      isCheck && !isWell.get()
                          ? "HTTP/1.1 503 Ill\r\nContent-Length: 0\r\n\r\n"
                          : "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
                });
        ScriptedServer b = saying("b");
        WholeProxy proxy =
            new WholeProxy(
                both(a.port(), b.port())
                    + ", upstream-health: { path: /healthz, interval: 20ms, timeout: 1s }")) {
      FixtureWait.until(() -> !lines(Level.WARN).isEmpty());
      assertEquals(
          "site site: upstream http://127.0.0.1:"
              + a.port()
              + " is out of service: its health check answers 503",
          lines(Level.WARN).getFirst());
      for (int i = 0; i < 6; i++) {
        assertEquals("b", ask(proxy, POST));
      }
      isWell.set(true);
      FixtureWait.until(() -> !lines(Level.INFO).isEmpty());
      assertEquals(
          "site site: upstream http://127.0.0.1:"
              + a.port()
              + " is back: its health check succeeds",
          lines(Level.INFO).getFirst());
      assertEquals("ab", ordered(ask(proxy, POST), ask(proxy, POST)));
      assertEquals(1, lines(Level.WARN).size());
    }
  }

  private static String ordered(String one, String other) {
    return one.compareTo(other) < 0 ? one + other : other + one;
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
