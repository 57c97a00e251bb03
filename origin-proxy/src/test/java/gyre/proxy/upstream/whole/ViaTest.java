package gyre.proxy.upstream.whole;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.http.RawClient;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.ScriptedH2Server;
import gyre.proxy.upstream.ScriptedServer;
import gyre.proxy.upstream.UpstreamTls;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which version a message came, as each side is told of the other one (RFC 9110, 7.6.3). */
@Timeout(20)
class ViaTest {
  @ParameterizedTest
  @CsvSource({"1.0, 1.0", "1.0, 1.1", "1.1, 1.0", "1.1, 1.1"})
  void eachSideLearnsTheOthersVersion(String visitors, String servers) throws Exception {
    CompletableFuture<String> received = new CompletableFuture<>();
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  received.complete(c.head());
                  c.say("HTTP/" + servers + " 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
        WholeProxy proxy = new WholeProxy(WholeProxy.upstream(server.port()));
        RawClient visitor = proxy.visitor()) {
      var answer = visitor.say("GET /a HTTP/" + visitors + "\r\nHost: site.test\r\n\r\n").answer();
      assertEquals(servers + " gyre-test", answer.header("via"));
      assertEquals(
          "via: " + visitors + " gyre-test",
          received.join().lines().filter(line -> line.startsWith("via")).findFirst().orElse(""));
    }
  }

  @Test
  void http2IsToldAsSuchInBothDirectionsAndOfInterimResponses() throws Exception {
    CompletableFuture<String> received = new CompletableFuture<>();
    CompletableFuture<String> hinted = new CompletableFuture<>();
    try (Transport transport = Transport.start();
        ScriptedH2Server server =
            new ScriptedH2Server(
                transport,
                100,
                (stream, frame) -> {
                  if (frame instanceof Http2HeadersFrame head) {
                    received.complete(head.headers().get("via").toString());
                    stream.headers(false, ":status", "103", "link", "</a.css>");
                    stream.headers(true, ":status", "200");
                  }
                });
        WholeProxy proxy = new WholeProxy("upstreams: ['h2c://127.0.0.1:" + server.port() + "']");
        HttpClient visitor =
            new HttpClient(transport, UpstreamTls.trustingTheSystem(), WholeProxy.QUICK)) {
      Request request =
          new Request(
                  "POST",
                  "http",
                  "site.test",
                  "/a",
                  Headers.of("host", "site.test"),
                  Body.EMPTY,
                  InetAddress.getLoopbackAddress())
              .withInterim(
                  (version, status, headers) -> hinted.complete(headers.first("via").orElse("")));
      Response response =
          visitor.fetch(new Endpoint.H2("127.0.0.1", proxy.address().getPort(), false), request);
      assertEquals(Optional.of("2.0 gyre-test"), response.headers().first("via"));
      assertEquals("2.0 gyre-test", received.join());
      assertEquals("2.0 gyre-test", hinted.join());
    }
  }
}
