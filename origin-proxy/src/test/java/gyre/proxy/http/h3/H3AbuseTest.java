package gyre.proxy.http.h3;

import static io.netty.handler.codec.http3.Http3ErrorCode.H3_EXCESSIVE_LOAD;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_NO_ERROR;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_CANCELLED;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_REQUEST_INCOMPLETE;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TlsConfig;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.transport.Outbound;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Floods, and clients that do not go on: each has an end. */
@Timeout(30)
class H3AbuseTest {
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

  /** Asks, and leaves at once. */
  private static final class Leaving extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      Http3Headers head = new DefaultHttp3Headers(false);
      head.method("GET").scheme("https").authority("a.test").path("/for-ever");
      Outbound.writeAndFlush(context, new DefaultHttp3HeadersFrame(head));
      var _ = ((QuicStreamChannel) context.channel()).shutdown(H3_REQUEST_CANCELLED.code());
      Outbound.close(context);
    }
  }

  private void stillServes(QuicClient client) throws Exception {
    assertEquals("now", client.get("/now").answer().text());
    assertEquals(1, server.pages().asked.size());
  }

  /** CVE-2023-44487. */
  @Test
  void whoOpensAndResetsStreamsWithoutEndIsSentAway() throws Exception {
    try (QuicClient client = connect()) {
      while (client.connection().isActive()) {
        if (client.connection().peerAllowedStreams(QuicStreamType.BIDIRECTIONAL) > 0) {
          var _ = Http3.newRequestStream(client.connection(), new Leaving()).await(1, SECONDS);
        }
      }
      assertEquals(H3_EXCESSIVE_LOAD.code(), client.closeCode());
    }
  }

  @Test
  void whoSendsFramesWithoutMeaningIsSentAway() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = raw(client).raw(RawFrames.request("POST", "/collect"));
      for (int i = 0; i < 2 * FloodGuard.CONTROL_FRAMES; i++) {
        stream.raw(RawFrames.data(""));
      }
      assertEquals(H3_EXCESSIVE_LOAD.code(), client.closeCode());
    }
  }

  @Test
  void aHeadThatDoesNotEndIsReset() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = raw(client).raw(QuicClient.bytes(1, 40, 0));
      assertEquals(H3_REQUEST_INCOMPLETE.code(), stream.reset());
      stillServes(client);
    }
  }

  @Test
  void aStreamWithoutAByteIsNothing() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = raw(client);
      stillServes(client);
      assertTrue(stream.isQuiet());
    }
  }

  @Test
  void aBodyThatTricklesInIsCutOff() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.open().head("POST", "/collect");
      while (stream.isQuiet()) {
        stream.data("x");
        var _ = stream.channel().eventLoop().schedule(() -> {}, 50, MILLISECONDS).await();
      }
      assertEquals("408", stream.answer().status());
    }
  }

  @Test
  void aBodyThatDoesNotComeIsGivenUp() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream stream = client.open().head("POST", "/collect");
      assertEquals("400", stream.answer().status());
    }
  }

  @Test
  void anAnswerThatNobodyTakesIsGivenUp() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream slow = client.open();
      slow.channel().config().setAutoRead(false);
      slow.head("GET", "/big").end();
      server.pages().gaveUp.await();
    }
  }

  @Test
  void aConnectionWithoutRequestsIsEndedPolitely() throws Exception {
    try (QuicClient client =
        QuicClient.connect(server.address(), o -> o.maxIdleTimeout(60, SECONDS))) {
      stillServes(client);
      assertEquals(4, client.goAway());
      assertEquals(H3_NO_ERROR.code(), client.closeCode());
    }
  }

  @Test
  void aRequestBehindTheLastOneIsRejected() throws Exception {
    try (QuicClient client =
        QuicClient.connect(server.address(), o -> o.maxIdleTimeout(60, SECONDS))) {
      stillServes(client);
      assertEquals(4, client.goAway());
      QuicStream late = raw(client).raw(RawFrames.request("GET", "/now")).end();
      assertEquals(0x10b, late.reset());
      assertFalse(server.pages().asked.size() > 1);
    }
  }
}
