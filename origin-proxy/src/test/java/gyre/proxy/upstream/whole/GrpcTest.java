package gyre.proxy.upstream.whole;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.http.RawClient;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.ScriptedH2Server;
import gyre.proxy.upstream.UpstreamTls;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A call with streams in both directions and trailers, from a client to a server with HTTP/2. */
@Timeout(20)
class GrpcTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  /** Answers each message in capitals, and the end with a status. */
  private static ScriptedH2Server shouting(Transport transport) {
    return new ScriptedH2Server(
        transport,
        100,
        (stream, frame) -> {
          switch (frame) {
            case Http2HeadersFrame head ->
                stream.headers(false, ":status", "200", "content-type", "application/grpc");
            case Http2DataFrame data -> {
              if (data.content().isReadable()) {
                stream.data(data.content().toString(UTF_8).toUpperCase(Locale.ROOT));
              }
            }
            default -> {}
          }
          if (ScriptedH2Server.isEnd(frame)) {
            stream.headers(true, "grpc-status", "0", "grpc-message", "fine");
          }
        });
  }

  private static String h2c(ScriptedH2Server server) {
    return "upstreams: ['h2c://127.0.0.1:" + server.port() + "']";
  }

  @Test
  void messagesFlowBothWaysBeforeEitherSideEndsAndTheStatusComesBehind() throws Exception {
    try (Transport transport = Transport.start();
        ScriptedH2Server server = shouting(transport);
        WholeProxy proxy = new WholeProxy(h2c(server));
        RawClient visitor = proxy.visitor()) {
      visitor
          .say("POST /chat.Chat/Talk HTTP/1.1\r\nHost: site.test\r\nTE: trailers\r\n")
          .say("Content-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n");
      String head = visitor.until("\r\n\r\n");
      assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
      assertFalse(head.contains("grpc-status"), head);
      for (String message : new String[] {"one", "two", "six"}) {
        visitor.say("3\r\n" + message + "\r\n");
        String answer = "3\r\n" + message.toUpperCase(Locale.ROOT) + "\r\n";
        assertEquals(answer, visitor.until(answer));
      }
      visitor.say("0\r\n\r\n");
      assertEquals("0\r\ngrpc-status: 0\r\ngrpc-message: fine\r\n\r\n", visitor.until("\r\n\r\n"));
      assertEquals(1, server.connections());
    }
  }

  @Test
  void aCallIsHttp2FromEndToEnd() throws Exception {
    BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    try (Transport transport = Transport.start();
        ScriptedH2Server server = shouting(transport);
        WholeProxy proxy = new WholeProxy(h2c(server));
        HttpClient caller =
            new HttpClient(transport, UpstreamTls.trustingTheSystem(), WholeProxy.QUICK)) {
      Endpoint front = new Endpoint.H2("127.0.0.1", proxy.address().getPort(), false);
      Response response =
          caller.fetch(front, call(messages), new Patience(Optional.of(TEN), Optional.of(TEN)));
      assertEquals(Optional.of("application/grpc"), response.headers().first("content-type"));
      try (Body body = response.body()) {
        for (String message : new String[] {"one", "two", "six"}) {
          messages.add(message);
          String answer = UTF_8.decode(body.next().orElseThrow()).toString();
          assertEquals(message.toUpperCase(Locale.ROOT), answer);
        }
        messages.add("");
        assertEquals(Optional.empty(), body.next());
        assertEquals(Headers.of("grpc-status", "0", "grpc-message", "fine"), body.trailers());
      }
    }
  }

  private static Request call(BlockingQueue<String> messages) {
    return new Request(
        "POST",
        "http",
        "site.test",
        "/chat.Chat/Talk",
        Headers.of("host", "site.test", "te", "trailers", "content-type", "application/grpc"),
        messages(messages),
        InetAddress.getLoopbackAddress());
  }

  /** What is put into the queue, until it is the empty text. */
  private static Body messages(BlockingQueue<String> queue) {
    return new ScriptedBody(
            () ->
                Optional.of(queue.take())
                    .filter(message -> !message.isEmpty())
                    .map(message -> ByteBuffer.wrap(message.getBytes(UTF_8))))
        .readyWhen(() -> !queue.isEmpty());
  }
}
