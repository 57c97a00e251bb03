package gyre.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ScriptedH2Server.Script;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class H2UpstreamTest {
  private static final ClientLimits LIMITS = ClientLimits.DEFAULT.withHead(Duration.ofSeconds(2));
  private static final int BIG = 1 << 20;
  private final Transport transport = Transport.start();
  private HttpClient client;

  @BeforeEach
  void open() throws IOException {
    client = new HttpClient(transport, UpstreamTls.both(Optional.empty()), LIMITS);
  }

  @AfterEach
  void close() {
    client.close();
    transport.close();
  }

  private ScriptedH2Server server(int streams, Script script) {
    return new ScriptedH2Server(transport, streams, script);
  }

  /** Answers each request once it is whole. */
  private ScriptedH2Server answering(int streams, String path, String body) {
    return server(
        streams,
        (stream, frame) -> {
          if (ScriptedH2Server.isEnd(frame)) {
            stream.headers(false, ":status", "200", "x-a", path).data(body);
            stream.headers(true, "grpc-status", "0");
          }
        });
  }

  private static Endpoint h2(ScriptedH2Server server) {
    return new Endpoint.H2("127.0.0.1", server.port(), false);
  }

  private static Request request(String method, Body body) {
    return new Request(
        method,
        "http",
        "site.test",
        "/a?b",
        Headers.of("host", "site.test", "te", "trailers", "connection", "te", "x-b", "c"),
        body,
        InetAddress.getLoopbackAddress());
  }

  private static String text(Body body) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
      byte[] bytes = new byte[piece.get().remaining()];
      piece.get().get(bytes);
      text.writeBytes(bytes);
    }
    body.close();
    return text.toString(UTF_8);
  }

  @Test
  void aRequestAndItsAnswerTravelWithTheirTrailers() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    try (ScriptedH2Server server =
        server(
            100,
            (stream, frame) -> {
              if (frame instanceof Http2HeadersFrame head) {
                head.headers().forEach(e -> asked.add(e.getKey() + "=" + e.getValue()));
                stream.headers(false, ":status", "103", "link", "x");
                stream.headers(false, ":status", "200", "x-a", "b").data("hel").data("lo");
                stream.headers(true, "grpc-status", "0", "content-length", "9");
              }
            })) {
      List<String> interim = new ArrayList<>();
      Request request =
          request("GET", Body.EMPTY)
              .withInterim(
                  (version, status, headers) -> interim.add(status + headers.first("link").get()));
      Response response = client.fetch(h2(server), request);
      assertEquals(200, response.status());
      assertEquals(Optional.of("b"), response.headers().first("x-a"));
      assertEquals("hello", text(response.body()));
      assertEquals(Headers.of("grpc-status", "0"), response.body().trailers());
      assertEquals(List.of("103x"), interim);
      assertEquals(
          List.of(
              ":authority=site.test",
              ":method=GET",
              ":path=/a?b",
              ":scheme=http",
              "te=trailers",
              "x-b=c"),
          asked.stream().sorted().toList());
    }
  }

  @Test
  void anAnswerThatIsAllHeadHasNoBody() throws Exception {
    try (ScriptedH2Server server =
        server(
            100, (stream, frame) -> stream.headers(true, ":status", "200", "grpc-status", "5"))) {
      Response response = client.fetch(h2(server), request("GET", Body.EMPTY));
      assertEquals(Optional.of("5"), response.headers().first("grpc-status"));
      assertEquals(Body.EMPTY, response.body());
    }
  }

  @Test
  void manyRequestsShareAConnectionUpToWhatTheServerTakes() throws Exception {
    try (ScriptedH2Server server = answering(100, "b", "hello")) {
      for (int i = 0; i < 20; i++) {
        assertEquals("hello", text(client.fetch(h2(server), request("GET", Body.EMPTY)).body()));
      }
      assertEquals(1, server.connections());
    }
  }

  @Test
  void aReaderThatWaitsHoldsUpNobodyElse() throws Exception {
    try (ScriptedH2Server server = answering(100, "b", "x".repeat(BIG))) {
      List<Response> waiting = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        waiting.add(client.fetch(h2(server), request("GET", Body.EMPTY)));
      }
      assertEquals(BIG, text(client.fetch(h2(server), request("GET", Body.EMPTY)).body()).length());
      assertEquals(1, server.connections());
      for (Response response : waiting) {
        assertEquals(BIG, text(response.body()).length());
      }
    }
  }

  @Test
  void aServerThatSaysGoodbyeIsAskedOverAnotherConnection() throws Exception {
    try (ScriptedH2Server server =
        server(
            100,
            (stream, frame) -> {
              if (ScriptedH2Server.isEnd(frame)) {
                stream.goAway();
                stream.headers(true, ":status", "204");
              }
            })) {
      for (int i = 0; i < 3; i++) {
        assertEquals(204, client.fetch(h2(server), request("GET", Body.EMPTY)).status());
      }
      assertEquals(3, server.connections());
    }
  }

  @Test
  void aStreamThatIsResetWithoutAnAnswerIsRepeatedOnceWhereItMayBe() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedH2Server server =
        server(
            100,
            (stream, frame) -> {
              if (ScriptedH2Server.isEnd(frame)) {
                asked.incrementAndGet();
                stream.reset(Http2Error.INTERNAL_ERROR);
              }
            })) {
      assertThrows(IOException.class, () -> client.fetch(h2(server), request("GET", Body.EMPTY)));
      assertEquals(2, asked.get());
      Body hi = Body.of("hi".getBytes(UTF_8));
      assertThrows(IOException.class, () -> client.fetch(h2(server), request("POST", hi)));
      assertEquals(3, asked.get());
    }
  }

  @Test
  void whatTheServerDidNothingForGoesOutAgainWhateverItsMethod() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedH2Server server =
        server(
            100,
            (stream, frame) -> {
              if (ScriptedH2Server.isEnd(frame)) {
                switch (asked.incrementAndGet()) {
                  case 1 -> stream.reset(Http2Error.REFUSED_STREAM);
                  case 3 -> stream.goAwayBefore();
                  default -> stream.headers(true, ":status", "204");
                }
              }
            })) {
      assertEquals(204, client.fetch(h2(server), request("POST", Body.EMPTY)).status());
      assertEquals(2, asked.get());
      assertEquals(204, client.fetch(h2(server), request("POST", Body.EMPTY)).status());
      assertEquals(4, asked.get());
      assertEquals(2, server.connections());
    }
  }

  @Test
  void whatIsRefusedWithItsBodyFails() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedH2Server server =
        server(
            100,
            (stream, frame) -> {
              if (ScriptedH2Server.isEnd(frame)) {
                asked.incrementAndGet();
                stream.reset(Http2Error.REFUSED_STREAM);
              }
            })) {
      Body hi = Body.of("hi".getBytes(UTF_8));
      assertThrows(IOException.class, () -> client.fetch(h2(server), request("POST", hi)));
      assertEquals(1, asked.get());
    }
  }

  @Test
  void aStreamThatIsResetInTheMiddleBreaksTheBodyOff() throws Exception {
    try (ScriptedH2Server server =
        server(
            100,
            (stream, frame) -> {
              if (ScriptedH2Server.isEnd(frame)) {
                stream
                    .headers(false, ":status", "200")
                    .data("half")
                    .reset(Http2Error.INTERNAL_ERROR);
              }
            })) {
      Body body = client.fetch(h2(server), request("GET", Body.EMPTY)).body();
      assertThrows(IOException.class, () -> text(body));
    }
  }

  @Test
  void aServerWithTlsThatAgreesToHttp2IsAskedInIt(@TempDir Path folder) throws Exception {
    OwnAuthority authority = new OwnAuthority(folder, "ca");
    List<String> schemes = new CopyOnWriteArrayList<>();
    try (ScriptedH2Server server =
            new ScriptedH2Server(
                transport,
                100,
                (stream, frame) -> {
                  if (frame instanceof Http2HeadersFrame head) {
                    schemes.add(head.headers().scheme().toString());
                  }
                  if (ScriptedH2Server.isEnd(frame)) {
                    stream.headers(false, ":status", "200").data("hello").headers(true, "a", "b");
                  }
                },
                authority.context("ip:127.0.0.1", "-1d"));
        HttpClient trusting =
            new HttpClient(transport, UpstreamTls.both(Optional.of(authority.pem())), LIMITS)) {
      Endpoint endpoint = new Endpoint.H2("127.0.0.1", server.port(), true);
      for (int i = 0; i < 3; i++) {
        Response response = trusting.fetch(endpoint, request("GET", Body.EMPTY));
        assertEquals("hello", text(response.body()));
        assertEquals(Headers.of("a", "b"), response.body().trailers());
      }
      assertEquals(1, server.connections());
      assertEquals(
          List.of("https", "https", "https"),
          schemes,
          "the connection's: servers refuse another; the visitor's is in X-Forwarded-Proto");
    }
  }

  @Test
  void aServerWithTlsThatSpeaksHttp1OnlyIsRefused(@TempDir Path folder) throws Exception {
    OwnAuthority authority = new OwnAuthority(folder, "ca");
    try (ScriptedServer server =
            new ScriptedServer(authority.server("ip:127.0.0.1", "-1d"), c -> c.head());
        HttpClient trusting =
            new HttpClient(transport, UpstreamTls.both(Optional.of(authority.pem())), LIMITS)) {
      Endpoint endpoint = new Endpoint.H2("127.0.0.1", server.port(), true);
      IOException failure =
          assertThrows(
              ConnectException.class, () -> trusting.fetch(endpoint, request("GET", Body.EMPTY)));
      assertTrue(failure.getMessage().endsWith("it does not speak HTTP/2"), failure.getMessage());
    }
  }
}
