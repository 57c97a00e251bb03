package gyre.proxy.http.h3;

import static io.netty.handler.codec.http3.Http3ErrorCode.H3_EXCESSIVE_LOAD;
import static io.netty.handler.codec.http3.Http3ErrorCode.H3_NO_ERROR;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.exchange.FrontLimits;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.QuicChannel;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where HTTP/3 is listened for, who gets in, and how the end is said. */
@Timeout(30)
class H3ListenerTest {
  private static TlsConfig.Certificate certificate;
  private static TlsConfig.Certificate other;
  private QuicFront server;

  @BeforeAll
  static void certify(@TempDir Path folder) throws Exception {
    certificate = Certificates.make(folder, "h3", "dns:localhost");
    other = Certificates.make(folder, "other", "dns:other.test");
  }

  @BeforeEach
  void listen() throws Exception {
    server = new QuicFront(List.of(certificate, other), FrontLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private QuicClient connect() throws Exception {
    return QuicClient.connect(server.address());
  }

  @Test
  void runningStreamsEndBeforeTheFrontDoes() throws Exception {
    try (QuicClient client = connect()) {
      QuicStream held = client.get("/hold");
      server.pages().waiting.await();
      Thread closing = Thread.ofVirtual().start(server.front()::close);
      assertEquals((1L << 62) - 4, client.goAway());
      assertEquals(4, client.goAway());
      server.pages().goOn.countDown();
      assertEquals("held", held.answer().text());
      assertEquals(H3_NO_ERROR.code(), client.closeCode());
      closing.join();
    }
  }

  @Test
  void answersOverTlsTellOfHttp3() throws Exception {
    String told = "h3=\":" + server.address().getPort() + "\"; ma=86400";
    for (var version : HttpClient.Version.values()) {
      try (HttpClient client =
          HttpClient.newBuilder()
              .version(version)
              .sslContext(Certificates.trusting(certificate.cert()))
              .build()) {
        URI uri = URI.create("https://localhost:" + server.address().getPort() + "/later");
        var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        assertEquals(List.of(told), answer.headers().allValues("alt-svc"));
      }
    }
    try (QuicClient client = connect()) {
      assertEquals("", client.get("/later").answer().field(0, "alt-svc"));
    }
  }

  @Test
  void answersInCleartextDoNotTellOfHttp3() throws Exception {
    InetSocketAddress plain = server.front().listen(new HostPort("127.0.0.1", 0), false);
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + plain.getPort() + "/now");
      var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertEquals(List.of(), answer.headers().allValues("alt-svc"));
    }
  }

  @Test
  void handshakesAreCounted() throws Exception {
    try (QuicClient client = connect()) {
      assertEquals("now", client.get("/now").answer().text());
    }
    assertEquals(
        1,
        server
            .metrics()
            .get("gyre.proxy.tls.handshakes")
            .tag("outcome", "success")
            .counter()
            .count());
  }

  @Test
  void theNameChoosesTheCertificate() throws Exception {
    assertEquals("CN=h3", subject("localhost"));
    assertEquals("CN=other", subject("other.test"));
    assertEquals("CN=h3", subject("unknown.test"));
  }

  @Test
  void aCertificateThatReplacesAnotherIsShownToNewConnections() throws Exception {
    try (QuicClient before = connect()) {
      server.certificates().replace(List.of(other));
      assertEquals("CN=other", subject("localhost"));
      assertEquals("now", before.get("/now").answer().text());
    }
  }

  private String subject(String name) throws Exception {
    try (QuicClient client = QuicClient.connect(server.address(), name)) {
      var session = Objects.requireNonNull(client.connection().sslEngine()).getSession();
      X509Certificate leaf = (X509Certificate) session.getPeerCertificates()[0];
      return leaf.getSubjectX500Principal().getName();
    }
  }

  /** Hears nothing but whether it has to prove its address. */
  private static final class Deaf extends ChannelInboundHandlerAdapter {
    private static final int KIND = 0xf0;
    private static final int RETRY = 0xf0;
    private final CountDownLatch told = new CountDownLatch(1);

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      if ((packet.content().getByte(packet.content().readerIndex()) & KIND) == RETRY) {
        told.countDown();
      }
      packet.release();
    }
  }

  @Test
  void amongManyHandshakesAddressesAreProvedFirst() throws Exception {
    Deaf deaf = new Deaf();
    try (QuicClient stranger = connect()) {
      stranger.socket().pipeline().addFirst(deaf);
      do {
        var _ =
            QuicChannel.newBootstrap(stranger.socket())
                .handler(new ChannelInboundHandlerAdapter())
                .remoteAddress(server.address())
                .connect();
      } while (!deaf.told.await(20, MILLISECONDS));
      try (QuicClient client = connect()) {
        assertEquals("now", client.get("/now").answer().text());
      }
    }
  }

  @Test
  void aClientWhosePortChangesOnTheWayGoesOn() throws Exception {
    try (PortChanger way = new PortChanger(server.address());
        QuicClient client = QuicClient.connect(way.address())) {
      assertEquals("now", client.get("/now").answer().text());
      QuicStream held = client.get("/hold");
      server.pages().waiting.await();
      way.change();
      assertEquals("now", client.get("/now").answer().text());
      server.pages().goOn.countDown();
      assertEquals("held", held.answer().text());
    }
  }

  @Test
  void whoeverHasTooManyConnectionsIsSentAway() throws Exception {
    try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetSocketAddress there = (InetSocketAddress) port.getLocalSocketAddress();
      try (QuicListener _ = server.listenWith(there, (channel, client) -> false);
          QuicClient client = QuicClient.connect(there)) {
        assertEquals(H3_EXCESSIVE_LOAD.code(), client.closeCode());
      }
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
      StartFailure failure =
          assertThrows(StartFailure.class, () -> server.listenWith(address, (c, client) -> true));
      String told = "cannot listen for HTTP/3 at udp 127.0.0.1:" + address.getPort();
      assertTrue(failure.getMessage().startsWith(told), failure.getMessage());
      assertTrue(failure.getMessage().endsWith("or tls.http3: false"), failure.getMessage());
    }
  }
}
