package gyre.proxy.http.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TlsConfig;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.exchange.FrontLimits;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The content of requests on its way in. */
@Timeout(30)
class H3BodyTest {
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

  @Test
  void aBodyAndItsTrailersArrive() throws Exception {
    try (QuicClient client = connect()) {
      String text =
          client
              .open()
              .head("POST", "/collect")
              .data("ab")
              .data("c")
              .fields(new DefaultHttp3Headers().add("x-sum", "6"))
              .end()
              .answer()
              .text();
      assertTrue(text.startsWith("abc"), text);
      assertTrue(text.contains("x-sum"), text);
    }
  }

  @Test
  void aBodyThatIsReadArrivesHoweverLongItIs() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.open().head("POST", "/collect");
      for (int i = 0; i < 128; i++) {
        stream.data("x".repeat(16_384));
      }
      assertTrue(stream.end().answer().text().length() > 2 << 20);
    }
  }

  @Test
  void aBodyThatNobodyReadsIsNotTaken() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.open().head("POST", "/hold");
      server.pages().waiting.await();
      for (int i = 0; i < 64; i++) {
        stream.data("x".repeat(16_384));
      }
      for (int i = 0; i < 20; i++) {
        assertEquals("now", client.get("/now").answer().text());
      }
      assertFalse(stream.channel().isWritable());
    }
  }

  @Test
  void manySmallPiecesOfABodyArriveInTheirOrder() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.open().head("POST", "/collect");
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 5_000; i++) {
        stream.data(Integer.toString(i % 10));
        all.append(i % 10);
      }
      assertTrue(stream.end().answer().text().startsWith(all.toString()));
    }
  }

  @Test
  void whoExpectsContinueGetsIt() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream =
          client.open().head("POST", "/collect", "expect", "100-continue", "content-length", "2");
      QuicStream.Event.Head head = (QuicStream.Event.Head) stream.next();
      assertEquals("100", head.fields().status().toString());
      assertTrue(stream.data("ab").end().answer().text().startsWith("ab"));
    }
  }

  @Test
  void anUnwantedBodyIsStopped() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.open().head("POST", "/now").data("unwanted");
      assertEquals("now", stream.answer().text());
      assertEquals("now", client.get("/now").answer().text());
    }
  }

  @Test
  void aBodyBeyondTheLimitIsRefused() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream =
          client.open().head("POST", "/collect", "content-length", Long.toString((1L << 30) + 1));
      assertEquals("413", stream.answer().status());
      assertTrue(server.pages().asked.isEmpty());
    }
  }
}
