package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.address.AddressRanges;
import gyre.operations.config.HostPort;
import gyre.proxy.access.Access;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.route.Route;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HttpFrontTest {
  private static final int BIG = 48 << 20;

  /** So many pages of this size are more than two sockets hold. */
  private static final int PAGE = 15 << 10;

  private static final int PAGES = 3_000;
  private final Transport transport = Transport.start();
  private final Scripted service = new Scripted();
  private final BlockingQueue<Access> accesses = new LinkedBlockingQueue<>();
  private final AccessLog accessLog = accesses::add;
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    FrontLimits limits =
        new FrontLimits(
            new FrontLimits.Times(
                Duration.ofMillis(400),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2)),
            new FrontLimits.Bodies(64L << 20, 256, 64 << 10),
            new FrontLimits.Crowd(100, 1024));
    front =
        new HttpFront(
            new Terms(
                service, limits, new TrustedProxies(AddressRanges.of("127.0.0.2")), accessLog),
            transport,
            UpstreamTls.trustingTheSystem());
    address = front.listen(new HostPort("127.0.0.1", 0), false);
  }

  @AfterEach
  void close() {
    front.close();
    transport.close();
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a folded header            | GET / HTTP/1.1~Host: a~X: b~ c~~                                      | 400
          no host                    | GET / HTTP/1.1~~                                                      | 400
          two hosts                  | GET / HTTP/1.1~Host: a~Host: b~~                                      | 400
          a host that is none        | GET / HTTP/1.1~Host: a/b~~                                            | 400
          a space before the colon   | GET / HTTP/1.1~Host : a~~                                             | 400
          two lengths                | POST / HTTP/1.1~Host: a~Content-Length: 1~Content-Length: 2~~         | 400
          a length with a sign       | POST / HTTP/1.1~Host: a~Content-Length: +1~~                          | 400
          length and chunked         | POST / HTTP/1.1~Host: a~Content-Length: 1~Transfer-Encoding: chunked~~| 400
          an unknown coding          | POST / HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~            | 501
          chunked in HTTP/1.0        | POST / HTTP/1.0~Host: a~Transfer-Encoding: chunked~~                  | 400
          HTTP/2 in cleartext        | GET / HTTP/2.0~Host: a~~                                              | 505
          no version                 | GET /~Host: a~~                                                       | 400
          two spaces                 | GET  / HTTP/1.1~Host: a~~                                             | 400
          a target without slash     | GET a HTTP/1.1~Host: a~~                                              | 400
          a fragment                 | GET /#a HTTP/1.1~Host: a~~                                            | 400
          a method that is no token  | G(T / HTTP/1.1~Host: a~~                                              | 400
          an empty header name       | GET / HTTP/1.1~Host: a~: b~~                                          | 400
          a bare newline             | GET / HTTP/1.1@Host: a@@                                              | 400
          a chunk size with 0x       | POST /collect HTTP/1.1~Host: a~Transfer-Encoding: chunked~~0x1~a~0~~     | 400
          a chunk longer than told   | POST /collect HTTP/1.1~Host: a~Transfer-Encoding: chunked~~1~ab~0~~      | 400
          a body beyond the limit    | POST /collect HTTP/1.1~Host: a~Content-Length: 67108865~~            | 413
          a chunk beyond the limit   | POST /collect HTTP/1.1~Host: a~Transfer-Encoding: chunked~~4000001~  | 413
          chunks beyond the limit    | POST /collect HTTP/1.1~Host: a~Transfer-Encoding: chunked~~1~a~4000000~ | 413
          a chunk size too large     | POST /collect HTTP/1.1~Host: a~Transfer-Encoding: chunked~~fffffffff~a~  | 400
          """)
  void isRefused(String shape, String request, int status) throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(request.strip().replace("~", "\r\n").replace("@", "\n"));
      RawClient.Answer answer = client.answer();
      assertEquals(status, answer.status(), answer::body);
      assertTrue(client.isClosed());
    }
  }

  @Test
  void theAccessLogLearnsWhatBecameOfEachRequest() throws Exception {
    try (RawClient client = new RawClient(address)) {
      client.say("GET /now HTTP/1.1\r\nHost: a\r\n\r\n").answer();
      client.say("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi").answer();
      client.say("GET /later HTTP/1.1\r\nHost: b\r\n\r\n").answer();
      client.say("GET /for-ever HTTP/1.1\r\nHost: a\r\n\r\n");
      service.waiting.await();
    }
    assertEquals("GET /now 200 3", logged());
    assertEquals("POST /echo 200 2", logged());
    assertEquals("GET /later 200 5", logged());
    assertEquals("GET /for-ever 499 0", logged());
    try (RawClient client = new RawClient(address)) {
      client.say("GET / HTTP/1.1\r\n\r\n").answer();
    }
    assertTrue(logged().startsWith("GET / 400 "));
    assertTrue(accesses.isEmpty());
  }

  private String logged() throws InterruptedException {
    Access access = accesses.take();
    return access.line().method()
        + " "
        + access.line().target()
        + " "
        + access.status()
        + " "
        + access.bytes();
  }

  @Test
  void aHeadBeyondTheLimitsIsRefused() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(9_000) + "\r\n\r\n");
      assertEquals(431, client.answer().status());
    }
    try (RawClient client = new RawClient(address)) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\nX: " + "\u00ff".repeat(5_000) + "\r\n\r\n");
      assertEquals(431, client.answer().status());
    }
    try (RawClient client = new RawClient(address)) {
      client.say("GET /" + "y".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(414, client.answer().status());
    }
    try (RawClient client = new RawClient(address)) {
      client.say("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(101) + "\r\n");
      assertEquals(431, client.answer().status());
    }
  }

  @Test
  void aHeadThatTricklesMeetsItsDeadline() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say("GET / HTTP/1.1\r\nHost:");
      assertEquals(408, client.answer().status());
      assertTrue(client.isClosed());
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(get("/now") + get("/later") + get("/now"));
      assertEquals("now", client.answer().body());
      assertEquals("later", client.answer().body());
      assertEquals("now", client.answer().body());
    }
  }

  @Test
  void aHeadAnswerHasNoBody() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say("HEAD /later HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(200, client.headOnly().status());
      client.say(get("/now"));
      assertEquals("now", client.answer().body());
    }
  }

  @Test
  void aChunkedBodyStreamsThroughAndBack() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(
          "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "2;x=y\r\nab\r\n1\r\nc\r\n0\r\nTrailer: t\r\n\r\n"
              + get("/now"));
      assertTrue(client.answer().body().contains("ab"));
      assertEquals("now", client.answer().body());
    }
  }

  @Test
  void aClientThatExpectsContinueGetsItBeforeItSends() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(
          "POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", client.until("\r\n\r\n"));
      client.say("ab");
      assertEquals("ab", client.answer().body());
    }
  }

  @Test
  void aBodyThatTricklesIsCut() throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(50);
      RawClient client = new RawClient(socket);
      client.say("POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
      socket.setSoTimeout(50);
      int first = -1;
      while (first < 0) {
        try {
          client.say("x");
          first = socket.getInputStream().read();
        } catch (SocketTimeoutException nothing) {
          first = -1;
        }
      }
      socket.setSoTimeout(10_000);
      assertEquals(408, Integer.parseInt(client.until("\r\n").substring(8, 11)));
    }
  }

  @Test
  void aRefusedBodyDoesNotBecomeTheNextRequest() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say("POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + get("/now"));
      assertEquals("now", client.answer().body());
      assertTrue(client.isClosed());
    }
  }

  @Test
  void aSlowReaderHoldsTheProducerBack() throws Exception {
    try (RawClient client = new RawClient(address)) {
      client.say(get("/big"));
      client.until("\r\n\r\n");
      service.stalled.await();
      for (int i = 0; i < 50; i++) {
        assertEquals("later", oneAnswer(get("/later")));
      }
      assertTrue(service.given.get() < BIG);
      assertEquals(BIG, client.in().readNBytes(BIG).length);
    }
  }

  @Test
  void whoReadsNoAnswersGetsNoFurtherOnes() throws Exception {
    try (RawClient client = new RawClient(address)) {
      client.say(get("/page").repeat(PAGES));
      for (int i = 0; i < 50; i++) {
        assertEquals("later", oneAnswer(get("/later")));
      }
      assertTrue(service.pages.get() < PAGES, service.pages::toString);
      for (int i = 0; i < PAGES; i++) {
        assertEquals(PAGE, client.answer().body().length());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16_385, 65_536, 131_072, 131_073, 150_000, 196_608, 262_145, 1_000_000})
  void anAnswerFromMemoryArrivesWholeWhateverTheSocketTakesAtOnce(int size) throws IOException {
    try (RawClient client = new RawClient(address)) {
      for (int i = 0; i < 3; i++) {
        client.say(get("/bytes?" + size));
        assertEquals(size, client.answer().body().length());
      }
      client.say(get("/bytes?" + size).repeat(4));
      for (int i = 0; i < 4; i++) {
        assertEquals(size, client.answer().body().length());
      }
    }
  }

  @Test
  void aBigAnswerFromMemoryArrivesWhole() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(get("/big-now") + get("/now"));
      assertEquals(BIG, client.answer().body().length());
      assertEquals("now", client.answer().body());
    }
  }

  @Test
  void aClientThatLeavesInterruptsTheWork() throws Exception {
    try (RawClient client = new RawClient(address)) {
      client.say(get("/for-ever"));
      service.waiting.await();
    }
    service.interrupted.await();
  }

  @Test
  void anOldClientGetsAnAnswerThatEndsWithTheConnection() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say("GET /big HTTP/1.0\r\nHost: a\r\n\r\n");
      assertFalse(client.until("\r\n\r\n").contains("chunked"));
      assertEquals(BIG, client.in().readAllBytes().length);
    }
  }

  @Test
  void aFailureInsideIsOneLineForTheClient() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(get("/bug"));
      assertEquals(500, client.answer().status());
      client.say(get("/now"));
      assertEquals("now", client.answer().body());
    }
  }

  @Test
  void aFailureOnTheEventLoopIsOneLineForTheClientToo() throws IOException {
    try (RawClient client = new RawClient(address)) {
      client.say(get("/later") + get("/bug-now"));
      assertEquals("later", client.answer().body());
      assertEquals(500, client.answer().status());
      assertEquals("now", client.say(get("/now")).answer().body());
    }
  }

  @Test
  void aRunningRequestEndsBeforeTheFrontDoes() throws Exception {
    try (RawClient client = new RawClient(address);
        RawClient other = new RawClient(address)) {
      client.say("POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
      service.waiting.await();
      Thread closing = Thread.ofVirtual().start(front::close);
      while (!other.say(get("/now")).answer().header("connection").equals("close")) {
        Thread.onSpinWait();
      }
      client.say("b");
      RawClient.Answer answer = client.answer();
      assertEquals("ab", answer.body());
      assertEquals("close", answer.header("connection"));
      closing.join();
    }
  }

  private String oneAnswer(String request) throws IOException {
    try (RawClient client = new RawClient(address)) {
      return client.say(request).answer().body();
    }
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  /** Answers by path. */
  private static final class Scripted implements RequestService {
    final CountDownLatch waiting = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);
    final CountDownLatch stalled = new CountDownLatch(1);
    final AtomicInteger given = new AtomicInteger();
    final AtomicInteger pages = new AtomicInteger();

    @Override
    public Decision tryNow(Request request) {
      return switch (request.path()) {
        case "/now" -> new Decision.Answer(ok(Body.of("now".getBytes(UTF_8))));
        case "/page" -> {
          pages.incrementAndGet();
          yield new Decision.Answer(ok(Body.of(new byte[PAGE])));
        }
        case "/bytes" -> {
          String size = request.target().substring(request.target().indexOf('?') + 1);
          yield new Decision.Answer(ok(ScriptedBody.zeros(Integer.parseInt(size), 1 << 16)));
        }
        case "/bug-now" -> throw new IllegalStateException("a bug that the test wants");
        case "/big-now" -> new Decision.Answer(ok(Body.of(new byte[BIG])));
        default -> new Decision.Pending(request, new Route.Reject(0, ""));
      };
    }

    @Override
    public Response serve(Decision.Pending pending) throws InterruptedException {
      Request request = pending.request();
      return switch (request.path()) {
        case "/later" -> ok(Body.of("later".getBytes(UTF_8)));
        case "/echo" -> ok(request.body());
        case "/collect" -> collect(request.body());
        case "/big" -> ok(big());
        case "/bug" -> throw new IllegalStateException("a bug that the test wants");
        default -> forEver();
      };
    }

    private Response forEver() throws InterruptedException {
      waiting.countDown();
      try {
        new CountDownLatch(1).await();
        throw new AssertionError();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }

    private Response collect(Body body) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      try (body) {
        for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
          byte[] bytes = new byte[piece.get().remaining()];
          piece.get().get(bytes);
          all.writeBytes(bytes);
          waiting.countDown();
        }
        return ok(Body.of(all.toByteArray()));
      } catch (IOException e) {
        return Response.text(400, "cut off");
      }
    }

    private static Response ok(Body body) {
      return new Response(200, Headers.of("content-type", "text/plain"), body);
    }

    /** Of unknown length to HTTP/1.0, and noticing when it is not pulled for a while. */
    private Body big() {
      return new ScriptedBody(
          () -> {
            if (given.get() >= 2 << 20) {
              stalled.countDown();
            }
            return given.getAndAdd(1 << 16) >= BIG
                ? Optional.empty()
                : Optional.of(ByteBuffer.allocate(1 << 16));
          });
    }
  }
}
