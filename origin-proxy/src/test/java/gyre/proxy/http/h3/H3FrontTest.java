package gyre.proxy.http.h3;

import static io.netty.handler.codec.http3.Http3ErrorCode.H3_INTERNAL_ERROR;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_CANCELLED;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_INCOMPLETE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TlsConfig;
import gyre.proxy.access.Access;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.ScriptedPages;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.message.HttpVersion;
import gyre.proxy.message.Request;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and their answers, as long as both sides do what they should. */
@Timeout(30)
class H3FrontTest {
  private static TlsConfig.Certificate certificate;
  private QuicFront server;

  @BeforeAll
  static void certify(@TempDir Path folder) throws Exception {
    certificate = Certificates.make(folder, "h3", "dns:localhost");
  }

  @BeforeEach
  void listen() throws Exception {
    server = new QuicFront(List.of(certificate), FrontLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private QuicClient connect() throws Exception {
    return QuicClient.connect(server.address());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/now", "/later"})
  void answersAtOnceOrLater(String path) throws Exception {
    try (QuicClient client = connect()) {
      QuicStream.Answer answer = client.get(path).answer();
      assertEquals("200", answer.status());
      assertEquals(path.substring(1), answer.text());
      assertEquals(Integer.toString(path.length() - 1), answer.field(0, "content-length"));
      assertTrue(answer.field(0, "date").endsWith("GMT"));
    }
  }

  @Test
  void aRequestKeepsItsModel() throws Exception {
    try (QuicClient client = connect()) {
      client.get("/now?a=b", "cookie", "a=1", "cookie", "b=2", "te", "trailers").answer();
      Request request = server.pages().asked.take();
      assertEquals("//a.test/now?a=b", request.resource());
      assertEquals("https", request.scheme());
      assertEquals(HttpVersion.HTTP_3, request.version());
      assertEquals(List.of("a=1; b=2"), request.headers().all("cookie"));
      assertEquals(List.of("a.test"), request.headers().all("host"));
      assertEquals("3.0", server.accesses().take().line().version());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/big-now", "/big"})
  void aBigAnswerArrivesWholeAsTheWindowsOpen(String path) throws Exception {
    try (QuicClient client = connect()) {
      QuicStream.Answer answer = client.get(path, "te", "trailers").answer();
      assertEquals(ScriptedPages.BIG, answer.text().length());
      assertEquals(
          path.equals("/big") ? "7" : "", answer.field(answer.heads().size() - 1, "x-sum"));
    }
  }

  @Test
  void whoDoesNotAskForTrailersGetsNone() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream.Answer answer = client.get("/big").answer();
      assertEquals(ScriptedPages.BIG, answer.text().length());
      assertEquals(1, answer.heads().size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/big-now", "/big"})
  void nothingIsPulledBeyondWhatTheClientTakes(String path) throws Exception {
    try (QuicClient client = connect()) {
      halfRead(client, path);
      for (int i = 0; i < 40; i++) {
        assertEquals("200", client.get("/empty").answer().status());
      }
      assertTrue(server.pages().given.get() <= 12 << 16, server.pages().given::toString);
    }
  }

  @Test
  void streamsShareTheConnection() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream held = client.get("/hold");
      assertEquals("now", client.get("/now").answer().text());
      server.pages().goOn.countDown();
      assertEquals("held", held.answer().text());
    }
  }

  @Test
  void aSmallAnswerDoesNotWaitForABigOne() throws Exception {
    try (QuicClient client =
        QuicClient.connect(
            server.address(), o -> o.initialMaxStreamDataBidirectionalLocal(16 << 20))) {
      QuicStream big = client.get("/big-now");
      assertInstanceOf(QuicStream.Event.Head.class, big.next());
      assertEquals("now", client.get("/now").answer().text());
    }
  }

  @Test
  void interimResponsesComeFirst() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream.Answer answer = client.get("/early").answer();
      assertEquals("103", answer.field(0, ":status"));
      assertEquals("</style.css>", answer.field(0, "link"));
      assertEquals("final", answer.text());
    }
  }

  @Test
  void aHeadAnswerHasNoBody() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream.Answer answer = client.open().head("HEAD", "/now").end().answer();
      assertEquals("3", answer.field(0, "content-length"));
      assertEquals("", answer.text());
    }
  }

  @Test
  void anAnswerThatBreaksOffResetsItsStreamAlone() throws Exception {
    try (QuicClient client = connect()) {
      assertEquals(H3_INTERNAL_ERROR.code(), client.get("/broken").reset());
      assertEquals("now", client.get("/now").answer().text());
    }
  }

  @Test
  void aFailureInsideIsOneLineForTheClient() throws Exception {
    try (QuicClient client = connect()) {
      assertEquals("500", client.get("/bug").answer().status());
      assertEquals("now", client.get("/now").answer().text());
    }
  }

  @Test
  void aResetStreamInterruptsItsWork() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.open().head("POST", "/for-ever");
      server.pages().waiting.await();
      stream.cancel(H3_REQUEST_CANCELLED.code());
      server.pages().interrupted.await();
      assertEquals("now", client.get("/now").answer().text());
    }
    assertEquals(Access.LEFT, server.accesses().take().status());
  }

  @Test
  void aClientThatNoLongerWaitsInterruptsItsWork() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.get("/for-ever");
      server.pages().waiting.await();
      stream.stop(H3_REQUEST_CANCELLED.code());
      server.pages().interrupted.await();
      assertEquals("now", client.get("/now").answer().text());
    }
  }

  @Test
  void aLastPieceThatWaitsForRoomArrives() throws Exception {
    try (QuicClient client =
        QuicClient.connect(server.address(), o -> o.initialMaxStreamDataBidirectionalLocal(40))) {
      QuicStream.Answer answer = client.get("/now").answer();
      assertEquals("200", answer.status());
      assertEquals("now", answer.text());
    }
  }

  private static QuicStream halfRead(QuicClient client, String path) throws Exception {
    QuicStream stream = client.open();
    stream.channel().config().setAutoRead(false);
    stream.head("GET", path).end();
    stream.channel().read();
    assertInstanceOf(QuicStream.Event.Head.class, stream.next());
    return stream;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/big-now", "/big"})
  void anAnswerThatIsResetIsPulledNoFurther(String path) throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = halfRead(client, path);
      stream.cancel(H3_REQUEST_CANCELLED.code());
      server.pages().gaveUp.await();
      assertEquals("now", client.get("/now").answer().text());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/big-now", "/big"})
  void anAnswerThatIsNoLongerWantedIsPulledNoFurther(String path) throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = halfRead(client, path);
      stream.stop(H3_REQUEST_CANCELLED.code());
      server.pages().gaveUp.await();
      assertEquals("now", client.get("/now").answer().text());
    }
  }

  @Test
  void aConnectionThatClosesInterruptsItsWork() throws Exception {
    try (QuicClient client = connect()) {
      client.get("/for-ever");
      server.pages().waiting.await();
    }
    server.pages().interrupted.await();
  }

  @Test
  void aStreamThatEndsWithoutARequestIsReset() throws Exception {
    try (QuicClient client = connect()) {
      assertEquals(H3_REQUEST_INCOMPLETE.code(), client.open().end().reset());
    }
  }
}
