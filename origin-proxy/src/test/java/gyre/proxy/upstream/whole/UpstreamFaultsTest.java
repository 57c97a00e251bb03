package gyre.proxy.upstream.whole;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What a visitor gets, and what is kept and logged, where the upstream breaks HTTP. */
@Timeout(20)
class UpstreamFaultsTest {
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

  /** What the proxy logged for the operator: exactly one line. */
  private String theLine() {
    List<String> lines =
        List.copyOf(log.list).stream()
            .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
            .map(ILoggingEvent::getFormattedMessage)
            .toList();
    assertEquals(1, lines.size(), lines::toString);
    return lines.getFirst();
  }

  /** On the way that keeps nothing, and on the one that stores. */
  private static String[] requests() {
    return new String[] {
      "POST /a HTTP/1.1\r\nHost: site.test\r\nContent-Length: 0\r\n\r\n",
      "GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n"
    };
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          length and chunked   | HTTP/1.1 200 OK~Content-Length: 2~Transfer-Encoding: chunked~~2~ok~0~~
          two lengths          | HTTP/1.1 200 OK~Content-Length: 2~Content-Length: 3~~ok
          a length with a sign | HTTP/1.1 200 OK~Content-Length: -2~~ok
          an unknown coding    | HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~2~ok~0~~
          a coding but chunked | HTTP/1.1 200 OK~Transfer-Encoding: gzip~~ok
          a name and a length  | HTTP/1.1 200 OK~Content-Length: 2~Transfer-Encoding: x~~ok
          chunked in HTTP/1.0  | HTTP/1.0 200 OK~Transfer-Encoding: chunked~~2~ok~0~~
          a bare CR            | HTTP/1.1 200 OK~Content-Length: 2~X: a^b~~ok
          a NUL                | HTTP/1.1 200 OK~Content-Length: 2~X: a%b~~ok
          a bare LF            | HTTP/1.1 200 OK~Content-Length: 2~X: a@Y: b~~ok
          no header name       | HTTP/1.1 200 OK~Content-Length: 2~: a~~ok
          no status            | HTTP/1.1 OK~~
          a status too large   | HTTP/1.1 2000 OK~Content-Length: 2~~ok
          a status too small   | HTTP/1.1 42 OK~Content-Length: 2~~ok
          not HTTP             | SSH-2.0-OpenSSH_9.2~~
          HTTP/2               | HTTP/2.0 200 OK~Content-Length: 2~~ok
          a 101                | HTTP/1.1 101 Switching Protocols~Upgrade: x~~
          """)
  void aHeadThatIsNoneIsAnsweredWith502(String shape, String said) throws Exception {
    String bytes =
        said.strip().replace("~", "\r\n").replace("^", "\r").replace("%", "\0").replace("@", "\n");
    for (String request : requests()) {
      expect502(request, bytes);
      log.list.clear();
    }
  }

  private void expect502(String request, String said) throws IOException {
    try (ScriptedServer server = answering(said);
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      RawClient.Answer answer = visitor.say(request).answer();
      assertEquals(502, answer.status(), answer::head);
      assertTrue(theLine().contains("127.0.0.1:" + server.port()), theLine());
      assertEquals(0, proxy.cache.entries());
      assertEquals(1, server.connections(), "what answered, however badly, is not asked again");
    }
  }

  @Test
  void endlessHeadersAreAnsweredWith502() throws Exception {
    for (String request : requests()) {
      expect502(request, "HTTP/1.1 200 OK\r\n" + "X-Y: zzzzzzzzzzzzzzzzz\r\n".repeat(5_000));
      log.list.clear();
      expect502(request, "HTTP/1.1 200 OK\r\nX-Y: " + "z".repeat(100_000));
      log.list.clear();
    }
  }

  @Test
  void aConnectionThatEndsInsideTheHeadIsAnsweredWith502() throws Exception {
    for (String head : new String[] {"HTT", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX: y"}) {
      for (String request : requests()) {
        try (ScriptedServer server = endingAfter(head);
            WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
            RawClient visitor = proxy.visitor()) {
          assertEquals(502, visitor.say(request).answer().status());
          theLine();
          assertEquals(1, server.connections());
          log.list.clear();
        }
      }
    }
  }

  @Test
  void aServerThatStallsBeforeItsHeadIsAnsweredWith504() throws Exception {
    for (String request : requests()) {
      try (ScriptedServer server =
              new ScriptedServer(
                  c -> {
                    c.head();
                    c.say("HTTP/1.1 200");
                    assertTrue(c.peerHasLeft());
                  });
          WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
          RawClient visitor = proxy.visitor()) {
        assertEquals(504, visitor.say(request).answer().status());
        assertTrue(theLine().endsWith("within 500 ms"), theLine());
        log.list.clear();
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          shorter than its length   | HTTP/1.1 200 OK~Content-Length: 100000~~half | close
          chunked without an end    | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~half~ | close
          cut inside a chunk        | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~9~half | close
          no chunk size             | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~half~x~ | wait
          a chunk longer than told  | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~halfwhole~0~~ | wait
          a chunk size too large    | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~half~fffffffff~ | wait
          a trailer that is none    | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~half~0~x~~ | wait
          reset                     | HTTP/1.1 200 OK~Content-Length: 100000~~half | reset
          reset without a length    | HTTP/1.1 200 OK~~half | reset
          stalled                   | HTTP/1.1 200 OK~Content-Length: 100000~~half | wait
          stalled inside a chunk    | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~9~half | wait
          """)
  void aBodyThatBreaksOffNeverLooksComplete(String shape, String said, String end)
      throws Exception {
    for (String request : requests()) {
      CountDownLatch over = new CountDownLatch(1);
      CountDownLatch seen = new CountDownLatch(1);
      String answer =
          said.strip().replace("OK~", "OK~Cache-Control: max-age=60~").replace("~", "\r\n");
      int half = answer.indexOf("half") + 4;
      try (ScriptedServer server =
              new ScriptedServer(
                  c -> {
                    c.head();
                    c.say(answer.substring(0, half));
                    await(seen);
                    c.say(answer.substring(half));
                    switch (end) {
                      case "close" -> {}
                      case "reset" -> c.reset();
                      default -> await(over);
                    }
                  });
          WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
          RawClient visitor = proxy.visitor()) {
        visitor.say(request);
        String head = visitor.until("\r\n\r\n");
        assertTrue(head.startsWith("HTTP/1.1 200 OK"), head);
        visitor.until("half");
        seen.countDown();
        String rest = new String(visitor.in().readAllBytes(), ISO_8859_1);
        assertFalse(rest.contains("0\r\n"), rest);
        assertFalse(head.contains("content-length: 4\r\n"), head);
        over.countDown();
        FixtureWait.until(() -> !log.list.isEmpty());
        theLine();
        assertEquals(0, proxy.cache.entries());
        log.list.clear();
      }
    }
  }

  /** RFC 9112, 6.3 */
  @Test
  void aTransferCodingThatDoesNotExistMeansContentToTheEndOfTheConnection() throws Exception {
    for (String request : requests()) {
      try (ScriptedServer server =
              endingAfter("HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\n\r\nall of it");
          WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
          RawClient visitor = proxy.visitor()) {
        RawClient.Answer answer = visitor.say(request).answer();
        assertEquals("chunked", answer.header("transfer-encoding"));
        assertEquals("9\r\nall of it\r\n0\r\n\r\n", answer.body());
      }
    }
  }

  /** RFC 9112, 5.1 */
  @Test
  void aSpaceBeforeTheColonIsTakenAway() throws Exception {
    try (ScriptedServer server =
            answering("HTTP/1.1 200 OK\r\nX : y\r\nContent-Length: 0\r\n\r\n");
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      assertEquals("y", visitor.say(requests()[0]).answer().header("x"));
    }
  }

  @Test
  void bytesBehindAResponseNeverAnswerTheNextRequest() throws Exception {
    String evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    for (String said :
        new String[] {
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood" + evil,
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngoodgarbage",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n" + evil,
        }) {
      try (ScriptedServer server = answering(said);
          WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
          RawClient visitor = proxy.visitor()) {
        for (int i = 0; i < 20; i++) {
          visitor.say("GET /" + i + " HTTP/1.1\r\nHost: site.test\r\n\r\n");
          String body = visitor.answer().body();
          assertTrue(body.contains("good"), body);
        }
        assertEquals(20, server.connections());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"204 No Content", "304 Not Modified", "HEAD"})
  void contentWhereThereMustBeNoneIsDroppedWithItsConnection(String what) throws Exception {
    String status = what.equals("HEAD") ? "200 OK" : what;
    String method = what.equals("HEAD") ? "HEAD" : "OPTIONS";
    try (ScriptedServer server =
            answering("HTTP/1.1 " + status + "\r\nContent-Length: 4\r\nX: y\r\n\r\nevil");
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      for (int i = 0; i < 20; i++) {
        visitor.say(method + " /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
        RawClient.Answer answer = visitor.headOnly();
        assertTrue(answer.head().startsWith("HTTP/1.1 " + status), answer::head);
        assertEquals(what.startsWith("204") ? "" : "4", answer.header("content-length"));
      }
      assertEquals(20, server.connections());
    }
  }

  @Test
  void aBodyThatEndsWithItsConnectionIsWhole() throws Exception {
    for (String request : requests()) {
      try (ScriptedServer server = endingAfter("HTTP/1.0 200 OK\r\n\r\nall of it");
          WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
          RawClient visitor = proxy.visitor()) {
        RawClient.Answer answer = visitor.say(request).answer();
        assertEquals("9\r\nall of it\r\n0\r\n\r\n", answer.body());
      }
    }
  }

  private static ScriptedServer answering(String said) throws IOException {
    return new ScriptedServer(
        c -> {
          while (!c.head().isEmpty()) {
            c.say(said);
          }
        });
  }

  private static ScriptedServer endingAfter(String said) throws IOException {
    return new ScriptedServer(
        c -> {
          c.head();
          c.say(said);
        });
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
