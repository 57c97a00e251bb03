package gyre.proxy.http.h3;

import static io.netty.handler.codec.http3.Http3ErrorCode.H3_CLOSED_CRITICAL_STREAM;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_EXCESSIVE_LOAD;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_FRAME_UNEXPECTED;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_MESSAGE_ERROR;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_STREAM_CREATION_ERROR;
import static io.netty.handler.codec.http3.Http3ErrorCode.QPACK_DECOMPRESSION_FAILED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import gyre.operations.config.TlsConfig;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultChannelPipeline;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.quic.QuicStreamType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What no client of HTTP/3 sends: each has its own error, of its stream or of its connection. */
@Timeout(30)
class H3HostileTest {
  private static final FrontLimits LIMITS =
      new FrontLimits(
          new FrontLimits.Times(
              Duration.ofMillis(500),
              Duration.ofSeconds(2),
              Duration.ofSeconds(1),
              Duration.ofSeconds(5),
              Duration.ofSeconds(2)),
          new FrontLimits.Bodies(1 << 20, 256, 64 << 10),
          new FrontLimits.Crowd(1_000, 1024));

  private static TlsConfig.Certificate certificate;
  private QuicFront server;

  @BeforeAll
  static void certify(@TempDir Path folder) throws Exception {
    certificate = Certificates.make(folder, "h3", "dns:localhost");
  }

  @BeforeEach
  void listen() throws Exception {
    server = new QuicFront(List.of(certificate), LIMITS);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private QuicClient connect() throws Exception {
    return QuicClient.connect(server.address());
  }

  private static QuicStream raw(QuicClient client) throws Exception {
    return client.raw(QuicStreamType.BIDIRECTIONAL);
  }

  private void stillServes(QuicClient client) throws Exception {
    assertEquals("now", client.get("/now").answer().text());
    assertEquals(1, server.pages().asked.size());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an unknown pseudo-header field | :x                | a
          a pseudo-header field twice    | :path             | /b
          a response's pseudo-header     | :status           | 200
          an upper case name             | X-Upper           | a
          a line feed in a value         | x                 | a~b
          a NUL in a value               | x                 | a^b
          a blank before a value         | x                 | _a
          a space in a name              | x y               | a
          Connection                     | connection        | close
          Upgrade                        | upgrade           | websocket
          Transfer-Encoding              | transfer-encoding | chunked
          TE other than trailers         | te                | gzip
          another Host                   | host              | b.test
          a Content-Length like no       | content-length    | +0
          """)
  void aMalformedRequestIsReset(String shape, String name, String value) throws Exception {
    String sent = value.replace('~', '\n').replace('^', '\0').replace('_', ' ');
    try (QuicClient client = connect()) {
      QuicStream stream = raw(client).raw(RawFrames.request("GET", "/now", name, sent)).end();
      assertEquals(H3_MESSAGE_ERROR.code(), stream.reset());
      stillServes(client);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no path                    | :method GET :scheme https :authority a.test
          no method                  | :scheme https :authority a.test :path /
          no scheme                  | :method GET :authority a.test :path /
          no authority               | :method GET :scheme https :path /
          a fragment                 | :method GET :scheme https :authority a.test :path /#a
          a path that is none        | :method GET :scheme https :authority a.test :path a
          a late pseudo-header field | :method GET :scheme https :authority a.test x y :path /
          CONNECT                    | :method CONNECT :authority a.test:443
          """)
  void aRequestThatIsNoneIsReset(String shape, String fields) throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = raw(client).raw(RawFrames.headers(fields.split(" "))).end();
      assertEquals(H3_MESSAGE_ERROR.code(), stream.reset());
      stillServes(client);
    }
  }

  @Test
  void linesBeyondTheLimitsGetTheirStatus() throws Exception {
    try (QuicClient client = connect()) {
      assertEquals("431", client.get("/now", "x", "y".repeat(9_000)).answer().status());
      String[] many = new String[202];
      Arrays.fill(many, "x");
      assertEquals("431", client.get("/now", many).answer().status());
      String[] large = new String[10];
      Arrays.fill(large, "x".repeat(4_000));
      assertEquals("431", client.get("/now", large).answer().status());
      assertEquals("414", client.get("/" + "y".repeat(9_000)).answer().status());
      assertTrue(server.pages().asked.isEmpty());
    }
  }

  @Test
  void aHeadBeyondWhatTheSettingsAllowEndsTheConnection() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = raw(client);
      stream.raw(RawFrames.request("GET", "/now", "x", "y".repeat(Settings.FIELD_SECTION)));
      assertEquals(H3_EXCESSIVE_LOAD.code(), client.closeCode());
    }
  }

  @Test
  void contentOfAnotherLengthThanToldIsReset() throws Exception {
    try (QuicClient client = connect()) {
      for (String content : List.of("abc", "a", "")) {
        QuicStream stream =
            raw(client).raw(RawFrames.request("POST", "/collect", "content-length", "2"));
        assertEquals(H3_MESSAGE_ERROR.code(), stream.raw(RawFrames.data(content)).end().reset());
      }
    }
  }

  @Test
  void pseudoHeaderFieldsInTrailersResetTheStream() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = raw(client).raw(RawFrames.request("POST", "/collect"));
      stream.raw(RawFrames.data("a")).raw(RawFrames.headers(":path", "/b")).end();
      assertEquals(H3_MESSAGE_ERROR.code(), stream.reset());
    }
  }

  @Test
  void contentBeforeAHeadEndsTheConnection() throws Exception {
    try (QuicClient client = connect()) {
      raw(client).raw(RawFrames.data("early"));
      assertEquals(H3_FRAME_UNEXPECTED.code(), client.closeCode());
    }
  }

  @Test
  void settingsOnARequestStreamEndTheConnection() throws Exception {
    try (QuicClient client = connect()) {
      raw(client).raw(RawFrames.frame(RawFrames.SETTINGS, Unpooled.EMPTY_BUFFER));
      assertEquals(H3_FRAME_UNEXPECTED.code(), client.closeCode());
    }
  }

  @Test
  void lengthsThatDifferAreReset() throws Exception {
    try (QuicClient client = connect()) {
      String[] both = {"content-length", "1", "content-length", "2"};
      QuicStream stream = raw(client).raw(RawFrames.request("POST", "/collect", both));
      assertEquals(H3_MESSAGE_ERROR.code(), stream.raw(RawFrames.data("a")).reset());
      stillServes(client);
    }
  }

  @Test
  void aControlStreamThatEndsEndsTheConnection() throws Exception {
    try (QuicClient client = QuicClient.bare(server.address())) {
      QuicStream control = client.raw(QuicStreamType.UNIDIRECTIONAL).raw(QuicClient.bytes(0));
      control.raw(RawFrames.frame(RawFrames.SETTINGS, Unpooled.EMPTY_BUFFER)).end();
      assertEquals(H3_CLOSED_CRITICAL_STREAM.code(), client.closeCode());
    }
  }

  /** And fill no log: a fault that no handler takes is a stack trace each time. */
  @Test
  void secondSettingsEndTheConnection() throws Exception {
    Logger pipelines = (Logger) LoggerFactory.getLogger(DefaultChannelPipeline.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    pipelines.addAppender(lines);
    try (QuicClient client = connect()) {
      stillServes(client);
      Outbound.writeAndFlush(
          Http3.getLocalControlStream(client.connection()).pipeline().firstContext(),
          RawFrames.frame(RawFrames.SETTINGS, Unpooled.EMPTY_BUFFER));
      assertEquals(H3_FRAME_UNEXPECTED.code(), client.closeCode());
      assertEquals(List.of(), lines.list);
    } finally {
      pipelines.detachAppender(lines);
    }
  }

  @Test
  void aPushFromAClientEndsTheConnection() throws Exception {
    try (QuicClient client = connect()) {
      client.raw(QuicStreamType.UNIDIRECTIONAL).raw(QuicClient.bytes(1, 0));
      assertEquals(H3_STREAM_CREATION_ERROR.code(), client.closeCode());
    }
  }

  @Test
  void aSecondControlStreamEndsTheConnection() throws Exception {
    try (QuicClient client = connect()) {
      stillServes(client);
      client.raw(QuicStreamType.UNIDIRECTIONAL).raw(QuicClient.bytes(0));
      assertEquals(H3_STREAM_CREATION_ERROR.code(), client.closeCode());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"a static index that is none, 255, 127", "a dynamic index, 128, 0"})
  void fieldsThatCannotBeDecompressedEndTheConnection(String shape, int first, int second)
      throws Exception {
    try (QuicClient client = connect()) {
      raw(client).raw(RawFrames.frame(RawFrames.HEADERS, QuicClient.bytes(0, 0, first, second)));
      assertEquals(QPACK_DECOMPRESSION_FAILED.code(), client.closeCode());
    }
  }

  @Test
  void aDynamicTableOfNoSizeIsAnErrorAndNothingWorse() throws Exception {
    try (QuicClient client = connect()) {
      client.raw(QuicStreamType.UNIDIRECTIONAL).raw(QuicClient.bytes(2, 0x20, 0x80, 0x80, 0x80));
      raw(client).raw(RawFrames.frame(RawFrames.HEADERS, QuicClient.bytes(2, 0, 0x80)));
      assertTrue(client.closeCode() >= QPACK_DECOMPRESSION_FAILED.code());
    }
  }

  @Test
  void streamsOfUnknownTypesAreNotRead() throws Exception {
    try (QuicClient client = connect()) {
      client.raw(QuicStreamType.UNIDIRECTIONAL).raw(QuicClient.bytes(0x21, 1, 2, 3));
      stillServes(client);
    }
  }

  @Test
  void framesOfUnknownTypesAreIgnored() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream =
          raw(client)
              .raw(RawFrames.frame(0x21, QuicClient.bytes(1, 2)))
              .raw(RawFrames.frame(0x7f, QuicClient.bytes(1, 2)))
              .raw(RawFrames.request("GET", "/now"))
              .end();
      assertInstanceOf(QuicStream.Event.Content.class, stream.next());
    }
  }
}
