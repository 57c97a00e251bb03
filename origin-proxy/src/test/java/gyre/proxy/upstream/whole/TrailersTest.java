package gyre.proxy.upstream.whole;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trailer fields (RFC 9110, 6.5) in both directions. */
@Timeout(20)
class TrailersTest {
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

  private static ScriptedServer answering(String answer) throws Exception {
    return new ScriptedServer(
        c -> {
          while (!c.head().isEmpty()) {
            c.say(answer);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-store", "max-age=60"})
  void ofAResponseReachTheVisitorWhoTakesChunks(String cacheControl) throws Exception {
    try (ScriptedServer server =
            answering(
                CHUNKED
                    + "Cache-Control: "
                    + cacheControl
                    + "\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nX-Sum: 8\r\n\r\n");
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
      String head = visitor.until("\r\n\r\n");
      assertFalse(head.contains("x-sum"), head);
      assertEquals("2\r\nok\r\n0\r\nx-sum: 7\r\nx-sum: 8\r\n\r\n", visitor.until("\r\n\r\n"));
    }
  }

  @Test
  void areDroppedForAnOldClient() throws Exception {
    try (ScriptedServer server = answering(CHUNKED + "\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n");
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /a HTTP/1.0\r\nHost: site.test\r\n\r\n");
      assertFalse(visitor.until("\r\n\r\n").contains("x-sum"));
      assertEquals("ok", new String(visitor.in().readAllBytes(), ISO_8859_1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Length: 7",
    "Transfer-Encoding: chunked",
    "Host: other.test",
    "Authorization: Basic YQ==",
    "Cookie: a=b",
    "Set-Cookie: a=b",
    "If-Match: *",
    "X-Forwarded-For: 1.2.3.4",
    "Content-Type: text/html",
    "Cache-Control: max-age=9",
    "Trailer: x",
    "Connection: close"
  })
  void thatWouldChangeTheMessageAreDroppedInBothDirections(String field) throws Exception {
    CompletableFuture<String> received = new CompletableFuture<>();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  received.complete(c.until("0\r\n") + c.until("\r\n\r\n"));
                  c.say(CHUNKED + "\r\n2\r\nok\r\n0\r\n" + field + "\r\nX-Sum: 7\r\n\r\n");
                });
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say(
          "POST /a HTTP/1.1\r\nHost: site.test\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "2\r\nhi\r\n0\r\nX-Own: 1\r\n"
              + field
              + "\r\n\r\n");
      visitor.until("\r\n\r\n");
      assertEquals("2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n", visitor.until("\r\n\r\n"));
      assertEquals("2\r\nhi\r\n0\r\nx-own: 1\r\n\r\n", received.join());
    }
  }

  @Test
  void areAskedForOnlyWhereTheVisitorTakesThem() throws Exception {
    CompletableFuture<String> with = new CompletableFuture<>();
    CompletableFuture<String> without = new CompletableFuture<>();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  with.complete(c.head());
                  c.say("HTTP/1.1 204 No Content\r\n\r\n");
                  without.complete(c.head());
                  c.say("HTTP/1.1 204 No Content\r\n\r\n");
                });
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor
          .say("POST /a HTTP/1.1\r\nHost: site.test\r\nTE: trailers, deflate\r\n\r\n")
          .headOnly();
      visitor.say("POST /a HTTP/1.1\r\nHost: site.test\r\nTE: deflate\r\n\r\n").headOnly();
      assertTrue(with.join().contains("te: trailers\r\nconnection: te\r\n"), with.join());
      assertFalse(without.join().contains("\r\nte:"), without.join());
    }
  }

  @Test
  void beyondTheLimitsBreakTheResponseOff() throws Exception {
    try (ScriptedServer server =
            answering(CHUNKED + "\r\n2\r\nok\r\n0\r\n" + "X-Sum: 7\r\n".repeat(101) + "\r\n");
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
      assertFalse(new String(visitor.in().readAllBytes(), ISO_8859_1).contains("0\r\n"));
    }
  }
}
