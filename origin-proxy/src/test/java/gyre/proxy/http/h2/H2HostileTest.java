package gyre.proxy.http.h2;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.access.AccessLog;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.ScriptedPages;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that mean harm, and what ends them. */
@Timeout(30)
class H2HostileTest {
  private static final int CALM = (int) Http2Error.ENHANCE_YOUR_CALM.code();
  private static final int INITIAL_WINDOW_SIZE = 4;

  private final Transport transport = Transport.start();
  private final ScriptedPages pages = new ScriptedPages();
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    FrontLimits limits =
        new FrontLimits(
            new FrontLimits.Times(
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2)),
            new FrontLimits.Bodies(1 << 20, 256, 64 << 10),
            new FrontLimits.Crowd(1_000, 1024));
    Terms terms = new Terms(pages, limits, TrustedProxies.NONE, AccessLog.NONE);
    front = new HttpFront(terms, transport, UpstreamTls.trustingTheSystem());
    address = front.listen(new HostPort("127.0.0.1", 0), false);
  }

  @AfterEach
  void close() {
    front.close();
    transport.close();
  }

  /** CVE-2023-44487. */
  @Test
  void whoOpensAndResetsStreamsWithoutEndIsSentAway() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      for (int i = 1; i < 2 * (FloodGuard.RESETS + 50); i += 2) {
        client.get(i, "/for-ever").frame(FrameClient.RST_STREAM, 0, i, 8);
      }
      assertEquals(CALM, client.send().goAway());
    }
    othersAreServed();
  }

  /** CVE-2025-8671. */
  @Test
  void whoMakesTheServerResetStreamsWithoutEndIsSentAway() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      for (int i = 1; i < 2 * (FloodGuard.RESETS + 50); i += 2) {
        client.get(i, "/for-ever").frame(FrameClient.WINDOW_UPDATE, 0, i, 0);
      }
      assertEquals(CALM, client.send().goAway());
    }
    othersAreServed();
  }

  @ParameterizedTest(name = "frames of type {0} with {1} bytes")
  @CsvSource({"6, 8, 0", "4, 0, 0", "4, 6, 0", "2, 5, 1", "8, 4, 0", "0, 0, 1", "99, 3, 1"})
  void aFloodOfControlFramesIsEnded(int type, int size, int stream) throws Exception {
    byte[] payload = new byte[size];
    if (size == 6) {
      payload[1] = 3; // MAX_CONCURRENT_STREAMS
    } else if (size > 3) {
      payload[3] = 5;
    }
    try (FrameClient client = FrameClient.connect(address)) {
      client.post(1, "/collect");
      for (int i = 0; i < 2 * FloodGuard.CONTROL_FRAMES; i++) {
        client.frame(type, 0, stream, payload);
      }
      assertEquals(CALM, client.send().goAway());
    }
    othersAreServed();
  }

  @Test
  void aHeadInCountlessContinuationsIsEnded() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.frame(FrameClient.HEADERS, 0, 1, FrameClient.head("GET", "/now"));
      for (int i = 0; i < 100; i++) {
        client.frame(FrameClient.CONTINUATION, 0, 1, FrameClient.fields("x", "y"));
      }
      assertEquals(CALM, client.send().goAway());
    }
  }

  @Test
  void aHeadWithoutEndIsEndedByItsSize() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.frame(FrameClient.HEADERS, 0, 1, FrameClient.head("GET", "/now"));
      for (int i = 0; i < 5; i++) {
        byte[] block = FrameClient.fields("x", "y".repeat(16_000));
        client.frame(FrameClient.CONTINUATION, 0, 1, block);
      }
      assertEquals(Http2Error.PROTOCOL_ERROR.code(), client.send().goAway());
    }
    assertTrue(pages.asked.isEmpty());
  }

  /** One long field in HPACK's table, named a thousand times. */
  @Test
  void aBombOfReferencesIsNeverUnpacked() throws Exception {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(FrameClient.head("GET", "/now"));
    ByteBuf field = Unpooled.buffer().writeByte(0x40).writeByte(1).writeByte('x');
    field.writeByte(127).writeByte(((3_000 - 127) % 128) | 128).writeByte((3_000 - 127) / 128);
    field.writeBytes("y".repeat(3_000).getBytes(US_ASCII));
    block.write(field.array(), 0, field.readableBytes());
    for (int i = 0; i < 10_000; i++) {
      block.write(0x80 | 62);
    }
    try (FrameClient client = FrameClient.connect(address)) {
      client.frame(FrameClient.HEADERS, 5, 1, block.toByteArray()).send();
      FrameClient.Frame refusal = client.until(f -> f.type() == FrameClient.HEADERS);
      assertEquals(":status: 431", refusal.lines().getFirst());
      assertEquals("now", client.get(3, "/now").send().answer(3).text());
    }
  }

  @Test
  void streamsBeyondTheirNumberAreRefusedAlone() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, "/hold");
      int last = 1;
      for (int i = 1; i <= Codec.STREAMS; i++) {
        last += 2;
        client.get(last, "/for-ever");
      }
      client.send();
      assertEquals(Http2Error.REFUSED_STREAM.code(), client.reset(last));
      pages.goOn.countDown();
      assertEquals("held", client.answer(1).text());
    }
  }

  @ParameterizedTest
  @CsvSource({"/big-now", "/big"})
  void aWindowThatNeverOpensEndsItsStream(String path) throws Exception {
    try (FrameClient client = FrameClient.connect(address, INITIAL_WINDOW_SIZE, 0)) {
      client.get(1, path).send();
      long code = client.reset(1);
      assertTrue(
          code == Http2Error.CANCEL.code() || code == Http2Error.INTERNAL_ERROR.code(),
          () -> "reset with " + code);
    }
  }

  @Test
  void aWindowThatOpensByteByByteIsEnded() throws Exception {
    try (FrameClient client = FrameClient.connect(address, INITIAL_WINDOW_SIZE, 1)) {
      client.get(1, "/big-now");
      for (int i = 0; i < 2 * FloodGuard.CONTROL_FRAMES; i++) {
        client.frame(FrameClient.WINDOW_UPDATE, 0, 1, 1);
      }
      assertEquals(CALM, client.send().goAway());
    }
  }

  @Test
  void whoReadsNothingIsClosed() throws Exception {
    try (FrameClient client =
        FrameClient.connect(address, INITIAL_WINDOW_SIZE, Integer.MAX_VALUE)) {
      client.frame(FrameClient.WINDOW_UPDATE, 0, 0, Integer.MAX_VALUE - 65_535);
      for (int i = 1; i < 20; i += 2) {
        client.get(i, "/big-now");
      }
      client.send();
      pages.gaveUp.await();
      assertTrue(pages.given.get() < 10 * ScriptedPages.BIG, pages.given::toString);
    }
  }

  @ParameterizedTest(name = "after {0} characters of the preface")
  @CsvSource({"1", "10", "24"})
  void aPrefaceThatDoesNotComeIsNotWaitedFor(int length) throws Exception {
    try (FrameClient client =
        new FrameClient(new Socket(address.getAddress(), address.getPort()))) {
      client.raw(FrameClient.PREFACE.substring(0, length)).send();
      awaitEnd(client);
    }
  }

  @Test
  void aFrameThatDoesNotComeIsNotWaitedFor() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.raw("\0\0\u0010\u0001\u0005").send();
      awaitEnd(client);
    }
  }

  @Test
  void pingsDoNotKeepAConnectionThatAsksNothing() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.socket().setSoTimeout(100);
      int code = -1;
      while (code < 0) {
        try {
          code = client.ping().send().until(f -> f.type() == FrameClient.GOAWAY).number(4);
        } catch (SocketTimeoutException nothing) {
          code = -1;
        }
      }
      assertEquals(0, code);
    }
  }

  private static void awaitEnd(FrameClient client) throws IOException {
    while (client.socket().getInputStream().read() >= 0) {}
  }

  private void othersAreServed() throws IOException {
    try (FrameClient client = FrameClient.connect(address)) {
      assertEquals("now", client.get(1, "/now").send().answer(1).text());
    }
  }
}
