package gyre.proxy.upstream.whole;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deadlines of routes, and streams of events, where everything else has 500 ms. */
@Timeout(20)
class PatienceTest {
  private static final String ROUTES =
      ", routes: [{ match: /quick/*, timeout: 50ms, between: 50ms },"
          + " { match: /slow/*, timeout: 10s, between: 10s }]";

  @ParameterizedTest
  @CsvSource({
    "GET, /slow/a, 700, 200",
    "POST, /slow/a, 700, 200",
    "GET, /quick/a, 300, 504",
    "POST, /quick/a, 300, 504",
    "GET, /a, 700, 504"
  })
  void aRoutesDeadlineForTheHeadHolds(String method, String path, int millis, int status)
      throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  pause(millis);
                  c.say("HTTP/1.1 200 OK\r\nCache-Control: max-age=9\r\nContent-Length: 0\r\n\r\n");
                });
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()) + ROUTES);
        RawClient visitor = proxy.visitor()) {
      visitor.say(
          method + " " + path + " HTTP/1.1\r\nHost: site.test\r\nContent-Length: 0\r\n\r\n");
      assertEquals(status, visitor.answer().status());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /slow/a, 700, true",
    "POST, /slow/a, 700, true",
    "GET, /quick/a, 300, false",
    "POST, /quick/a, 300, false",
    "GET, /a, 700, false"
  })
  void aRoutesDeadlineBetweenPiecesHolds(String method, String path, int millis, boolean isWhole)
      throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say(
                      "HTTP/1.1 200 OK\r\nCache-Control: max-age=9\r\nContent-Length: 20000\r\n\r\nx");
                  pause(millis);
                  c.say("y".repeat(19_999));
                });
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()) + ROUTES);
        RawClient visitor = proxy.visitor()) {
      visitor.say(
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: site.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      visitor.until("\r\n\r\n");
      assertEquals(isWhole, visitor.in().readAllBytes().length == 20_000);
    }
  }

  /** The server's own slowness, not a wait for something to come about. */
  private static void pause(int millis) throws IOException {
    try {
      assertFalse(new CountDownLatch(1).await(millis, java.util.concurrent.TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept: text/event-stream\r\n",
        "Accept: */*\r\n",
        "Cookie: a=b\r\n",
        "Authorization: x\r\n",
        "Accept-Encoding: gzip, br, zstd\r\n"
      })
  void eachEventReachesTheVisitorBeforeTheNextIsSent(String header) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch[] seen = {new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1)};
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream;charset=utf-8\r\n");
                  c.say("Cache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n");
                  for (int i = 0; i < 3; i++) {
                    c.say(event(i));
                    await(seen[i]);
                  }
                  pause(700);
                  c.say("9\r\ndata: 3\n\n\r\n0\r\n\r\n");
                  await(over);
                });
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /events HTTP/1.1\r\nHost: site.test\r\n" + header + "\r\n");
      assertTrue(visitor.until("\r\n\r\n").startsWith("HTTP/1.1 200 OK"));
      for (int i = 0; i < 3; i++) {
        assertEquals(event(i), visitor.until(event(i)));
        seen[i].countDown();
      }
      assertEquals("9\r\ndata: 3\n\n\r\n0\r\n\r\n", visitor.until("0\r\n\r\n"));
      assertEquals(0, proxy.cache.entries(), "events are never stored");
      over.countDown();
    }
  }

  private static String event(int number) {
    return "9\r\ndata: %d\n\n\r\n".formatted(number);
  }

  @Test
  void aStreamOfEventsIsNeverJoined() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: x\n\n");
                  await(over);
                });
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient one = proxy.visitor();
        RawClient other = proxy.visitor()) {
      for (RawClient visitor : new RawClient[] {one, other}) {
        visitor.say("GET /events HTTP/1.1\r\nHost: site.test\r\n\r\n").until("data: x\n\n");
      }
      assertEquals(2, server.connections());
      over.countDown();
      assertEquals("\r\n0\r\n\r\n", new String(one.in().readNBytes(7), ISO_8859_1));
    }
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
