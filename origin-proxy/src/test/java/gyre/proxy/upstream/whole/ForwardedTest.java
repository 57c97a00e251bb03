package gyre.proxy.upstream.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.ScriptedServer;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who asked, as an upstream is told (RFC 7239); what a visitor says of it is dropped. */
@Timeout(20)
class ForwardedTest {
  private static final String OURS = "forwarded: for=127.0.0.1;host=\"site.test\";proto=http";
  private static final String BEFORE =
      "x-forwarded-for: 127.0.0.1 x-forwarded-host: site.test x-forwarded-proto: http";

  @ParameterizedTest
  @CsvSource({
    "both, GET, true, true",
    "forwarded, GET, false, true",
    "x-forwarded, GET, true, false",
    "both, POST, true, true",
    "forwarded, POST, false, true",
    "x-forwarded, POST, true, false"
  })
  void isToldAsTheSiteWantsIt(String option, String method, boolean before, boolean standard)
      throws Exception {
    CompletableFuture<String> received = new CompletableFuture<>();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  received.complete(c.head());
                  c.say("HTTP/1.1 204 No Content\r\n\r\n");
                });
        WholeProxy proxy =
            new WholeProxy(WholeProxy.upstream(server.port()) + ", upstream-forwarded: " + option);
        RawClient visitor = proxy.visitor()) {
      visitor
          .say(
              method
                  + " /a HTTP/1.1\r\nHost: site.test\r\nContent-Length: 0\r\n"
                  + "Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\n"
                  + "X-Forwarded-Prefix: /evil\r\n\r\n")
          .headOnly();
      String told =
          received
              .join()
              .lines()
              .filter(line -> line.contains("forwarded"))
              .collect(Collectors.joining(" "));
      String expected = (before ? BEFORE : "") + (before && standard ? " " : "");
      assertEquals(expected + (standard ? OURS : ""), told);
    }
  }
}
