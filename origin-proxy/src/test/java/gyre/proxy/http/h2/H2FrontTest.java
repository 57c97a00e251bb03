package gyre.proxy.http.h2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.access.Access;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.ScriptedPages;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Request;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class H2FrontTest {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  private static final int QUEUED = 256 << 10;

  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private final ScriptedPages pages = new ScriptedPages();
  private final BlockingQueue<Access> accesses = new LinkedBlockingQueue<>();
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    Terms terms =
        new Terms(
            pages,
            new FrontLimits(
                FrontLimits.Times.DEFAULT,
                new FrontLimits.Bodies(16 << 20, 256, QUEUED),
                FrontLimits.Crowd.DEFAULT),
            TrustedProxies.NONE,
            accesses::add);
    front = new HttpFront(terms, transport, UpstreamTls.trustingTheSystem());
    address = front.listen(ANY, false);
  }

  @AfterEach
  void close() {
    front.close();
    transport.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/now", "/later"})
  void answersAtOnceOrLater(String path) throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      FrameClient.Answer answer = client.get(1, path).send().answer(1);
      assertEquals("200", answer.status());
      assertEquals(path.substring(1), answer.text());
      assertEquals(Integer.toString(path.length() - 1), answer.field(0, "content-length"));
      assertTrue(answer.field(0, "date").endsWith("GMT"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/big-now", "/big"})
  void aBigAnswerArrivesWholeAsTheWindowsOpen(String path) throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      FrameClient.Answer answer = client.get(1, path).send().answer(1);
      assertEquals(ScriptedPages.BIG, answer.text().length());
      assertEquals(
          path.equals("/big") ? "7" : "", answer.field(answer.heads().size() - 1, "x-sum"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/big-now", "/big"})
  void nothingIsPulledBeyondWhatTheWindowsAdmit(String path) throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, path).send();
      int received = 0;
      while (received < 65_535) {
        received += client.until(f -> f.type() == FrameClient.DATA).payload().readableBytes();
      }
      for (int i = 3; i < 43; i += 2) {
        assertEquals("200", client.get(i, "/empty").send().answer(i).status());
      }
      assertEquals(65_535, received);
      assertTrue(pages.given.get() <= 5 << 16, pages.given::toString);
    }
  }

  @Test
  void streamsShareTheConnection() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, "/hold").get(3, "/now").send();
      assertEquals("now", client.answer(3).text());
      pages.goOn.countDown();
      assertEquals("held", client.answer(1).text());
    }
  }

  @Test
  void aRequestKeepsItsModel() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client
          .get(1, "/now?a=b", "cookie", "a=1", "cookie", "b=2", "te", "trailers")
          .send()
          .answer(1);
      Request request = pages.asked.take();
      assertEquals("//a.test/now?a=b", request.resource());
      assertEquals(List.of("a=1; b=2"), request.headers().all("cookie"));
      assertEquals(List.of("a.test"), request.headers().all("host"));
    }
  }

  @Test
  void aBodyAndItsTrailersArrive() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/collect").data(1, false, "ab").data(1, false, "c");
      client.frame(
          FrameClient.HEADERS,
          FrameClient.END_HEADERS | FrameClient.END_STREAM,
          1,
          FrameClient.fields("x-sum", "6"));
      String text = client.send().answer(1).text();
      assertTrue(text.startsWith("abc"), text);
      assertTrue(text.contains("x-sum"), text);
    }
  }

  @Test
  void theWindowOpensAsTheBodyIsRead() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/hold-body").send();
      client.data(1, false, "x".repeat(16_384)).send();
      client.ping().send();
      client.until(f -> f.type() == FrameClient.PING);
    }
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/collect").send();
      int sent = 0;
      int window = 65_535;
      int streamWindow = QUEUED;
      while (sent < 1 << 20) {
        if (Math.min(window, streamWindow) >= 16_384) {
          client.data(1, false, "x".repeat(16_384)).send();
          sent += 16_384;
          window -= 16_384;
          streamWindow -= 16_384;
        } else {
          FrameClient.Frame frame = client.until(f -> f.type() == FrameClient.WINDOW_UPDATE);
          window += frame.stream() == 0 ? frame.number(0) : 0;
          streamWindow += frame.stream() == 1 ? frame.number(0) : 0;
        }
      }
      client.data(1, true, "").send();
      assertTrue(client.answer(1).text().length() > 1 << 20);
    }
  }

  @Test
  void manySmallPiecesOfABodyArriveInTheirOrder() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/collect");
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 5_000; i++) {
        client.data(1, false, Integer.toString(i % 10));
        all.append(i % 10);
      }
      String text = client.data(1, true, "").send().answer(1).text();
      assertTrue(text.startsWith(all.toString()));
    }
  }

  @Test
  void whoExpectsContinueGetsIt() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/collect", "expect", "100-continue", "content-length", "2").send();
      FrameClient.Frame head = client.until(f -> f.type() == FrameClient.HEADERS);
      assertEquals(List.of(":status: 100"), head.lines());
      assertTrue(client.data(1, true, "ab").send().answer(1).text().startsWith("ab"));
    }
  }

  @Test
  void interimResponsesComeFirst() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      FrameClient.Answer answer = client.get(1, "/early").send().answer(1);
      assertEquals("103", answer.field(0, ":status"));
      assertEquals("</style.css>", answer.field(0, "link"));
      assertEquals("final", answer.text());
    }
  }

  @Test
  void aHeadAnswerHasNoBody() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.frame(FrameClient.HEADERS, 5, 1, FrameClient.head("HEAD", "/now"));
      FrameClient.Answer answer = client.send().answer(1);
      assertEquals("3", answer.field(0, "content-length"));
      assertEquals("", answer.text());
    }
  }

  @Test
  void anAnswerThatBreaksOffResetsItsStreamAlone() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, "/broken").send();
      assertEquals(Http2Error.INTERNAL_ERROR.code(), client.reset(1));
      assertEquals("now", client.get(3, "/now").send().answer(3).text());
    }
  }

  @Test
  void aFailureInsideIsOneLineForTheClient() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      assertEquals("500", client.get(1, "/bug").send().answer(1).status());
      assertEquals("now", client.get(3, "/now").send().answer(3).text());
    }
  }

  @Test
  void aResetStreamInterruptsItsWork() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, "/for-ever").send();
      pages.waiting.await();
      client.frame(FrameClient.RST_STREAM, 0, 1, 8).send();
      pages.interrupted.await();
      assertEquals("now", client.get(3, "/now").send().answer(3).text());
    }
    assertEquals(Access.LEFT, accesses.take().status());
    Access access = accesses.take();
    assertEquals("2.0", access.line().version());
    assertEquals(3, access.bytes());
  }

  @Test
  void anUnwantedBodyIsStopped() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/now").data(1, false, "unwanted").send();
      assertEquals("now", client.answer(1).text());
      assertEquals(Http2Error.NO_ERROR.code(), client.reset(1));
      client.data(1, false, "on its way").data(1, true, "").get(3, "/now").send();
      assertEquals("now", client.answer(3).text());
    }
  }

  @Test
  void aBodyBeyondTheLimitIsRefused() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/collect", "content-length", Integer.toString((16 << 20) + 1)).send();
      assertEquals("413", client.answer(1).status());
      assertTrue(pages.asked.isEmpty());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a path that is none       | :path      | a           | 1
          a fragment                | :path      | /#a         | 1
          a space in the path       | :path      | /a b        | 1
          no path                   | :path      |             | 1
          an upper case name        | X-Upper    | a           | 1
          a line feed in a value    | x          | a~b         | 1
          a NUL in a value          | x          | a^b         | 1
          a blank before a value    | x          | _a          | 1
          a space in a name         | x y        | a           | 1
          Connection                | connection | close       | 1
          Upgrade                   | upgrade    | websocket   | 1
          Transfer-Encoding         | transfer-encoding | chunked | 1
          another Host              | host       | b.test      | 1
          a Content-Length and none | content-length | 5       | 1
          a Content-Length like no  | content-length | +0      | 1
          """)
  void aMalformedRequestIsReset(String shape, String name, String value, int code)
      throws Exception {
    String sent =
        (value == null ? "" : value).replace('~', '\n').replace('^', '\0').replace('_', ' ');
    try (FrameClient client = FrameClient.connect(address)) {
      byte[] head =
          name.startsWith(":")
              ? FrameClient.fields(
                  ":method", "GET", ":scheme", "http", ":authority", "a.test", name, sent)
              : FrameClient.head("GET", "/now", name, sent);
      client.frame(FrameClient.HEADERS, 5, 1, head).send();
      FrameClient.Frame refusal = client.until(f -> f.type() == FrameClient.HEADERS);
      assertEquals(List.of(":status: 400"), refusal.lines());
      assertEquals(code, client.reset(1));
      assertEquals("now", client.get(3, "/now").send().answer(3).text());
      assertEquals(1, pages.asked.size());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no authority         | GET  | /now | x          | y     | 400
          an odd authority     | GET  | /now | :authority | a/b   | 400
          a method that is none| G(T  | /now | :authority | a     | 400
          """)
  void whatIsNoServableRequestGetsItsStatus(
      String shape, String method, String path, String name, String value, int status)
      throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      byte[] head =
          FrameClient.fields(":method", method, ":scheme", "http", ":path", path, name, value);
      client.frame(FrameClient.HEADERS, 5, 1, head).send();
      assertEquals(Integer.toString(status), client.answer(1).status());
      assertTrue(pages.asked.isEmpty());
    }
  }

  @Test
  void linesBeyondTheLimitsGetTheirStatus() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      assertEquals("431", client.get(1, "/now", "x", "y".repeat(9_000)).send().answer(1).status());
      String[] many = new String[202];
      Arrays.fill(many, "x");
      assertEquals("431", client.get(3, "/now", many).send().answer(3).status());
      assertEquals("414", client.get(5, "/" + "y".repeat(9_000)).send().answer(5).status());
      assertTrue(pages.asked.isEmpty());
    }
  }

  @Test
  void alpnChoosesTheVersion() throws Exception {
    var certificate = Certificates.make(folder, "alpn", "dns:localhost,ip:127.0.0.1");
    try (TlsCertificates files =
        new TlsCertificates(List.of(certificate), InstantSource.system())) {
      InetSocketAddress secure = front.listenTls(ANY, false, files);
      for (var version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
        assertEquals(version, spoken(version, certificate.cert(), secure));
      }
    }
  }

  private static HttpClient.Version spoken(
      HttpClient.Version wanted, Path trusted, InetSocketAddress address) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(wanted)
            .sslContext(Certificates.trusting(trusted))
            .build()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create("https://localhost:" + address.getPort() + "/big"))
                  .build(),
              BodyHandlers.ofByteArray());
      assertEquals(ScriptedPages.BIG, answer.body().length);
      return answer.version();
    }
  }

  @Test
  void runningStreamsEndBeforeTheFrontDoes() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, "/hold").send();
      pages.waiting.await();
      Thread closing = Thread.ofVirtual().start(front::close);
      FrameClient.Frame notice = client.until(f -> f.type() == FrameClient.GOAWAY);
      assertEquals(Integer.MAX_VALUE, notice.number(0));
      client.get(3, "/now"); // was on its way
      FrameClient.Frame ping = client.until(f -> f.type() == FrameClient.PING);
      client
          .frame(FrameClient.PING, FrameClient.ACK, 0, ByteBufUtil.getBytes(ping.payload()))
          .send();
      assertEquals(3, client.until(f -> f.type() == FrameClient.GOAWAY).number(0));
      assertEquals("now", client.answer(3).text());
      pages.goOn.countDown();
      assertEquals("held", client.answer(1).text());
      assertEquals(-1, client.socket().getInputStream().read());
      closing.join();
    }
  }

  @Test
  void whatComesOnStreamsThatBeganTooLateHarmsNoOther() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, "/hold").send();
      pages.waiting.await();
      Thread closing = Thread.ofVirtual().start(front::close);
      FrameClient.Frame ping = client.until(f -> f.type() == FrameClient.PING);
      client
          .frame(FrameClient.PING, FrameClient.ACK, 0, ByteBufUtil.getBytes(ping.payload()))
          .send();
      assertEquals(1, client.until(f -> f.type() == FrameClient.GOAWAY).number(0));
      int field = FrameClient.END_HEADERS | FrameClient.END_STREAM;
      client
          .post(3, "/echo")
          .data(3, false, "hello")
          .frame(FrameClient.WINDOW_UPDATE, 0, 3, 1_000)
          .frame(FrameClient.HEADERS, field, 3, FrameClient.fields("a", "b"))
          .get(5, "/now")
          .frame(FrameClient.RST_STREAM, 0, 5, 8)
          .send();
      pages.goOn.countDown();
      assertEquals("held", client.answer(1).text());
      closing.join();
    }
  }

  @Test
  void aPrefaceThatTricklesInIsOneAllTheSame() throws Exception {
    try (FrameClient client =
        new FrameClient(new Socket(address.getAddress(), address.getPort()))) {
      for (char c : FrameClient.PREFACE.toCharArray()) {
        client.raw(String.valueOf(c)).send();
      }
      client.empty(FrameClient.SETTINGS, 0, 0).get(1, "/now").send();
      assertEquals("now", client.answer(1).text());
    }
  }
}
