package gyre.proxy.upstream.whole;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads that are not cached: carried by the event loop of their visitor, from end to end. */
@Timeout(20)
class PassedReadsTest {
  private static final String NEVER = ", routes: [{ match: /*, cache: never, between: 400ms }]";
  private static final String GET = "GET / HTTP/1.1\r\nHost: site.test\r\n\r\n";
  private static final int PIECE = 64 << 10;
  private static final int PIECES = 512;

  private static WholeProxy before(ScriptedServer server) throws IOException {
    return new WholeProxy(WholeProxy.upstream(server.port()) + NEVER);
  }

  @Test
  void reuseOneConnectionForOneVisitorsRequests() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  while (!c.head().isEmpty()) {
                    c.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  }
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      for (int i = 0; i < 50; i++) {
        assertEquals("ok", visitor.say(GET).answer().body());
      }
      assertEquals(1, server.connections());
    }
  }

  @Test
  void pipelinedAreAnsweredInTheirOrder() throws Exception {
    AtomicInteger count = new AtomicInteger();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  while (!c.head().isEmpty()) {
                    String body = "answer " + count.incrementAndGet();
                    c.say("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n");
                    c.say(body);
                  }
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      visitor.say(GET.repeat(9));
      for (int i = 1; i <= 9; i++) {
        assertEquals("answer " + i, visitor.answer().body());
      }
    }
  }

  @Test
  void stopTheServerWhileTheVisitorReadsNothingAndLoseNoByte() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Length: " + (long) PIECES * PIECE + "\r\n\r\n");
                  for (int i = 0; i < PIECES; i++) {
                    c.say(piece(i));
                    sent.addAndGet(PIECE);
                  }
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      visitor.say(GET).until("\r\n\r\n");
      FixtureWait.untilSteady(sent::get);
      assertTrue(sent.get() < (long) PIECES * PIECE, "all was taken: " + sent);
      for (int i = 0; i < PIECES; i++) {
        assertTrue(Arrays.equals(piece(i), visitor.in().readNBytes(PIECE)), "piece " + i);
      }
    }
  }

  /** So that slow readers keep no place from others. */
  @Test
  void waitNoLongerOnceTheirAnswerHasBegun() throws Exception {
    CompletableFuture<Void> seen = new CompletableFuture<>();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
                  seen.join();
                  c.say("world");
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      visitor.say(GET).until("hello");
      FixtureWait.until(() -> proxy.waiting() == 0);
      seen.complete(null);
      visitor.until("world");
    }
  }

  private static byte[] piece(int number) {
    byte[] bytes = new byte[PIECE];
    Arrays.fill(bytes, (byte) number);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"''", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"})
  void endAtTheServerWhenTheVisitorLeaves(String said) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say(said.replace("\\r\\n", "\r\n"));
                  asked.countDown();
                  left.complete(c.peerHasLeft());
                });
        WholeProxy proxy = before(server)) {
      try (RawClient visitor = proxy.visitor()) {
        visitor.say(GET);
        assertTrue(asked.await(10, TimeUnit.SECONDS));
      }
      assertTrue(left.get(10, TimeUnit.SECONDS));
      FixtureWait.until(
          () -> proxy.metrics.get("gyre.proxy.upstream.outstanding").gauge().value() == 0);
      assertEquals(0, proxy.metrics.get("gyre.proxy.upstream.failures").counter().count());
    }
  }

  @Test
  void whoseAnswerHasNoRoomForAMemberMoreAreAnsweredAllTheSame() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  while (!c.head().isEmpty()) {
                    c.say("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000\r\n");
                    c.say("Vary: " + "x".repeat(8_190) + "\r\n\r\n" + "y".repeat(2_000));
                  }
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      for (int i = 0; i < 3; i++) {
        assertEquals(200, visitor.say(GET).answer().status());
      }
      FixtureWait.until(() -> proxy.waiting() == 0);
      assertEquals(0, proxy.metrics.get("gyre.proxy.upstream.outstanding").gauge().value());
    }
  }

  @Test
  void askTheOnlyServerOnceWhereItCannotBeReached() throws Exception {
    ScriptedServer gone = new ScriptedServer(c -> {});
    gone.close();
    try (WholeProxy proxy = before(gone);
        RawClient visitor = proxy.visitor()) {
      assertEquals(502, visitor.say(GET).answer().status());
      assertEquals(1, proxy.metrics.get("gyre.proxy.upstream.failures").counter().count());
    }
  }

  @Test
  void surviveAPooledConnectionThatTheServerLeaves() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                  c.head(); // and leaves without a word
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      for (int i = 0; i < 9; i++) {
        assertEquals("ok", visitor.say(GET).answer().body());
      }
      assertEquals(0, proxy.metrics.get("gyre.proxy.upstream.failures").counter().count());
    }
  }

  @Test
  void areCutWhereTheServerStallsInTheMiddle() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome");
                  c.peerHasLeft();
                  over.countDown();
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      visitor.say(GET).until("\r\n\r\n");
      assertEquals("some", new String(visitor.in().readAllBytes(), ISO_8859_1));
      assertTrue(over.await(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void ofAVisitorWhoPausesLongerThanTheServerMayAreNotCut() throws Exception {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Length: " + (long) PIECES * PIECE + "\r\n\r\n");
                  for (int i = 0; i < PIECES; i++) {
                    c.say(piece(i));
                  }
                });
        WholeProxy proxy = before(server);
        RawClient visitor = proxy.visitor()) {
      visitor.say(GET).until("\r\n\r\n");
      new CompletableFuture<Void>()
          .completeOnTimeout(null, 900, TimeUnit.MILLISECONDS) // the visitor's own pause
          .get();
      for (int i = 0; i < PIECES; i++) {
        assertTrue(Arrays.equals(piece(i), visitor.in().readNBytes(PIECE)), "piece " + i);
      }
    }
  }
}
