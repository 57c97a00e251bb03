package gyre.proxy.upstream.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interim responses (RFC 9110, 15.2; RFC 8297) on their way from the upstream to a visitor. */
@Timeout(20)
class InterimTest {
  private static final String HINTS =
      "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nContent-Length: 3\r\n\r\n";
  private static final String FINAL =
      "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok";

  private static ScriptedServer saying(String... parts) throws IOException {
    return new ScriptedServer(
        c -> {
          while (!c.head().isEmpty()) {
            for (String part : parts) {
              c.say(part);
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST", "OPTIONS"})
  void reachesTheVisitorAheadOfTheFinalOne(String method) throws Exception {
    String end = method.equals("HEAD") ? FINAL.substring(0, FINAL.length() - 2) : FINAL;
    try (ScriptedServer server = saying(HINTS, "HTTP/1.1 102 Processing\r\n\r\n", end);
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say(method + " /a HTTP/1.1\r\nHost: site.test\r\nContent-Length: 0\r\n\r\n");
      String hints = visitor.until("\r\n\r\n");
      assertTrue(hints.startsWith("HTTP/1.1 103 Early Hints\r\n"), hints);
      assertTrue(hints.contains("link: </a.css>; rel=preload\r\n"), hints);
      assertTrue(hints.contains("via: 1.1 gyre-test\r\n"), hints);
      assertFalse(hints.contains("content-length"), hints);
      assertTrue(visitor.until("\r\n\r\n").startsWith("HTTP/1.1 102 Processing\r\n"));
      assertEquals(200, visitor.headOnly().status());
    }
  }

  @Test
  void isNeverStoredAndNotRepeatedForAHit() throws Exception {
    try (ScriptedServer server = saying(HINTS, FINAL);
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
      visitor.until("\r\n\r\n");
      assertEquals("ok", visitor.answer().body());
      RawClient.Answer hit = stored(visitor);
      assertEquals("ok", hit.body());
      assertEquals("", hit.header("link"));
    }
  }

  /** What is stored a moment after the answer is read again until it is. */
  private static RawClient.Answer stored(RawClient visitor) throws IOException {
    while (true) {
      visitor.say("GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
      RawClient.Answer answer = visitor.answer();
      if (answer.status() == 103) {
        visitor.answer();
      } else if (answer.header("cache-status").equals("Gyre; hit")) {
        return answer;
      }
    }
  }

  @Test
  void isKeptFromAnOldClient() throws Exception {
    try (ScriptedServer server = saying(HINTS, FINAL);
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /a HTTP/1.0\r\nHost: site.test\r\n\r\n");
      assertEquals("ok", visitor.answer().body());
    }
  }

  @Test
  void isNotPassedOnWhereItIsAHundred() throws Exception {
    try (ScriptedServer server = saying("HTTP/1.1 100 Continue\r\n\r\n", FINAL);
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
      assertEquals("ok", visitor.answer().body());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "flood"})
  void endsTheExchangeWhereNobodyAskedForIt(String said) throws Exception {
    String interim = said.equals("flood") ? HINTS.repeat(100) : said;
    try (ScriptedServer server = saying(interim, FINAL);
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      visitor.say("GET /a HTTP/1.1\r\nHost: site.test\r\n\r\n");
      int status = visitor.headOnly().status();
      while (status == 103) {
        status = visitor.headOnly().status();
      }
      assertEquals(502, status);
    }
  }
}
