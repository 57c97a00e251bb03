package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.address.AddressRanges;
import gyre.operations.config.HostPort;
import gyre.operations.config.TlsConfig;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class ProxyProtocolTest {
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final String V4 = "c0000207 7f000001 1234 0050";
  private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private HttpFront front;

  @BeforeEach
  void start() throws IOException {
    front = front("127.0.0.0/8");
  }

  private HttpFront front(String trusted) throws IOException {
    FrontLimits quick =
        new FrontLimits(
            new FrontLimits.Times(
                Duration.ofSeconds(2),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2)),
            new FrontLimits.Bodies(1 << 20, 256, 64 << 10),
            new FrontLimits.Crowd(100, 2));
    return new HttpFront(
        new Terms(
            new Saying(), quick, new TrustedProxies(AddressRanges.of(trusted)), AccessLog.NONE),
        transport,
        UpstreamTls.trustingTheSystem());
  }

  @AfterEach
  void close() {
    front.close();
    transport.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          IPv4 over TCP             | 2111 000c c0000207 7f000001 1234 0050     | 192.0.2.7
          IPv6 over TCP             | 2121 0024 20010db8000000000000000000000005 00000000000000000000000000000001 1234 0050 | 2001:db8:0:0:0:0:0:5
          with a TLV                | 2111 0013 c0000207 7f000001 1234 0050 04 0004 00000000 | 192.0.2.7
          a health check (LOCAL)    | 2000 0000                                 | 127.0.0.1
          LOCAL with an address     | 2011 000c c0000207 7f000001 1234 0050     | 127.0.0.1
          a family that is not told | 2100 0000                                 | 127.0.0.1
          """)
  void theHeaderNamesTheClient(String shape, String header, String client) throws IOException {
    try (RawClient proxy = new RawClient(listen())) {
      proxy.say(bytes(SIGNATURE + header) + REQUEST + REQUEST);
      assertEquals(client + " http", proxy.answer().body());
      assertEquals(client + " http", proxy.answer().body());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          another version           | 3111 000c c0000207 7f000001 1234 0050
          an unknown command        | 2211 000c c0000207 7f000001 1234 0050
          an address cut short      | 2111 0004 c0000207
          a TLV beyond the end      | 2111 0010 c0000207 7f000001 1234 0050 04 0040 00
          more TLVs than are read   | 2111 ffff c0000207 7f000001 1234 0050
          """)
  void aMalformedHeaderClosesTheConnection(String shape, String header) throws IOException {
    try (RawClient proxy = new RawClient(listen())) {
      proxy.say(bytes(SIGNATURE + header) + REQUEST);
      assertTrue(proxy.isClosed());
    }
  }

  @Test
  void theHeaderMayComeByteByByteAndInText() throws IOException {
    try (RawClient proxy = new RawClient(listen())) {
      for (char one : ("PROXY TCP4 192.0.2.9 127.0.0.1 5 80\r\n" + REQUEST).toCharArray()) {
        proxy.say(String.valueOf(one));
      }
      assertEquals("192.0.2.9 http", proxy.answer().body());
    }
  }

  @Test
  void withoutAHeaderNothingIsServed() throws IOException {
    InetSocketAddress address = listen();
    try (RawClient client = new RawClient(address)) {
      client.say(REQUEST + "X".repeat(200));
      assertTrue(client.isClosed());
    }
    try (RawClient silent = new RawClient(address)) {
      assertTrue(silent.isClosed());
    }
  }

  @Test
  void aClientHasNoMoreConnectionsThanOneMayHave() throws IOException {
    InetSocketAddress address = listen();
    try (RawClient one = named(address);
        RawClient two = named(address);
        RawClient tooMany = new RawClient(address)) {
      tooMany.say(bytes(SIGNATURE + "2111 000c" + V4));
      assertTrue(tooMany.isClosed());
      assertEquals(1, front.refused());
      one.say(REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).answer();
      assertTrue(one.isClosed());
      assertEquals("192.0.2.7 http", two.say(REQUEST).answer().body());
    }
  }

  private static RawClient named(InetSocketAddress address) throws IOException {
    RawClient client = new RawClient(address);
    client.say(bytes(SIGNATURE + "2111 000c" + V4) + REQUEST);
    assertEquals("192.0.2.7 http", client.answer().body());
    return client;
  }

  @Test
  void aStrangerIsRefused() throws IOException {
    front.close();
    front = front("10.0.0.0/8");
    try (RawClient stranger = new RawClient(listen())) {
      assertTrue(stranger.isClosed());
    }
  }

  @Test
  void tlsBeginsAfterTheHeader() throws Exception {
    TlsConfig.Certificate certificate = Certificates.make(folder, "a", "dns:localhost");
    InetSocketAddress address =
        front.listenTls(
            new HostPort("127.0.0.1", 0),
            true,
            new TlsCertificates(List.of(certificate), InstantSource.system()));
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new Anybody()}, null);
    try (Socket tcp = new Socket(address.getAddress(), address.getPort())) {
      tcp.getOutputStream().write(bytes(SIGNATURE + "2111 000c" + V4).getBytes(ISO_8859_1));
      SSLSocket secure =
          (SSLSocket)
              trusting.getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), true);
      RawClient client = new RawClient(secure);
      assertEquals("192.0.2.7 https", client.say(REQUEST).answer().body());
    }
  }

  private InetSocketAddress listen() {
    return front.listen(new HostPort("127.0.0.1", 0), true);
  }

  private static String bytes(String hex) {
    return new String(HexFormat.of().parseHex(hex.replace(" ", "")), ISO_8859_1);
  }

  private static final class Saying implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      String seen = request.client().getHostAddress() + " " + request.scheme();
      return new Decision.Answer(new Response(200, Headers.EMPTY, Body.of(seen.getBytes(UTF_8))));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
