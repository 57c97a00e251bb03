package gyre.proxy.http.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.Anybody;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.RawClient;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TlsCertificatesTest {
  private static final FrontLimits QUICK =
      new FrontLimits(
          new FrontLimits.Times(
              Duration.ofMillis(700),
              Duration.ofSeconds(20),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofSeconds(2)),
          new FrontLimits.Bodies(1 << 20, 256, 64 << 10),
          new FrontLimits.Crowd(100, 1024));

  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private final Set<String> sessions = new HashSet<>();
  private SSLContext context;
  private Instant now = Instant.now();
  private TlsConfig.Certificate first;
  private TlsConfig.Certificate second;
  private TlsCertificates certificates;
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws Exception {
    context = trusting();
    front =
        new HttpFront(
            new Terms(new Empty(), QUICK, TrustedProxies.NONE, AccessLog.NONE),
            transport,
            UpstreamTls.trustingTheSystem());
    first = Certificates.make(folder, "first", "dns:first.test,dns:*.wild.test");
    second = Certificates.make(folder, "second", "dns:second.test,dns:*.wild.test,dns:b.wild.test");
    InstantSource clock = () -> now;
    certificates = new TlsCertificates(List.of(first, second), clock);
    address = front.listenTls(new HostPort("127.0.0.1", 0), false, certificates);
  }

  @AfterEach
  void close() {
    front.close();
    certificates.close();
    transport.close();
  }

  @Test
  void theNameChoosesAnExactOneBeforeAWildcardAndTheFirstForTheRest() throws Exception {
    assertEquals("first", subject("first.test"));
    assertEquals("second", subject("SECOND.test"));
    assertEquals("first", subject("a.wild.test"));
    assertEquals("second", subject("b.wild.test"));
    assertEquals("first", subject("a.b.wild.test"));
    assertEquals("first", subject("wild.test"));
  }

  @Test
  void aChangedPairIsServedToNewConnectionsWhileOldOnesGoOn() throws Exception {
    TlsConfig.Certificate newer =
        Certificates.make(folder, "newer", "dns:second.test,dns:newer.test");
    try (SSLSocket open = connect(context, "second.test")) {
      assertEquals(204, get(open).status());
      replace(second, newer);
      certificates.look();
      assertEquals("newer", subject("second.test"));
      assertEquals("newer", subject("newer.test"));
      assertEquals(204, get(open).status());
    }
  }

  @Test
  void aLinkThatPointsElsewhereIsAChange() throws Exception {
    Path live = Files.createDirectories(folder.resolve("live"));
    TlsConfig.Certificate linked =
        new TlsConfig.Certificate(live.resolve("now/first.pem"), live.resolve("now/first.key"));
    Path one = copies("one", first);
    Path two = copies("two", Certificates.make(folder, "linked", "dns:first.test"));
    Files.createSymbolicLink(live.resolve("now"), one);
    certificates.replace(List.of(linked));
    Path swap = Files.createSymbolicLink(live.resolve("swap"), two);
    Files.move(swap, live.resolve("now"), StandardCopyOption.ATOMIC_MOVE);
    certificates.look();
    assertEquals("linked", subject("first.test"));
  }

  @Test
  void aPairThatDoesNotFitLeavesTheOldOneInPlaceUntilItIsMended() throws Exception {
    TlsConfig.Certificate newer = Certificates.make(folder, "newer", "dns:second.test");
    Files.copy(newer.cert(), second.cert(), StandardCopyOption.REPLACE_EXISTING);
    certificates.look();
    assertEquals("second", subject("second.test"));
    Files.delete(second.key());
    certificates.look();
    assertEquals("second", subject("second.test"));
    Files.copy(newer.key(), second.key());
    certificates.look();
    assertEquals("newer", subject("second.test"));
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() {
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () ->
                certificates.replace(
                    List.of(new TlsConfig.Certificate(first.cert(), second.key()))));
    assertTrue(failure.getMessage().contains("is not the key of its certificate"));
    assertTrue(failure.getMessage().contains("second.key"));
  }

  @Test
  void aSessionIsResumedUntilItsTicketsKeyIsForgotten() throws Exception {
    assertFalse(isResumed());
    assertTrue(isResumed());
    now = now.plus(TicketKeys.LIFETIME);
    certificates.look();
    assertTrue(isResumed());
    for (int i = 0; i < 3; i++) {
      now = now.plus(TicketKeys.LIFETIME);
      certificates.look();
    }
    assertFalse(isResumed());
  }

  @Test
  void nothingOlderThanTls12IsSpoken() throws Exception {
    for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
      assertEquals(protocol, handshake(protocol));
    }
    assertThrows(IOException.class, () -> handshake("TLSv1.1"));
  }

  @Test
  void aCipherWithoutForwardSecrecyIsRefused() {
    assertThrows(
        SSLHandshakeException.class,
        () -> {
          try (SSLSocket socket = socket()) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"});
            socket.startHandshake();
          }
        });
  }

  @Test
  void whoDoesNotShakeHandsInTimeIsClosed() throws IOException {
    try (RawClient silent = new RawClient(address);
        RawClient halfway = new RawClient(address)) {
      halfway.say("\u0016\u0003\u0001\u0002\u0000");
      assertTrue(silent.isClosed());
      assertTrue(halfway.isClosed());
    }
  }

  private String handshake(String protocol) throws IOException {
    try (SSLSocket socket = socket()) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }

  private boolean isResumed() throws IOException {
    try (SSLSocket socket = socket()) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      get(socket);
      return !sessions.add(HexFormat.of().formatHex(socket.getSession().getId()));
    }
  }

  private SSLSocket socket() throws IOException {
    return (SSLSocket)
        context.getSocketFactory().createSocket(address.getAddress(), address.getPort());
  }

  private static RawClient.Answer get(SSLSocket socket) throws IOException {
    return new RawClient(socket).say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").headOnly();
  }

  private SSLSocket connect(SSLContext trusting, String name) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            trusting.getSocketFactory().createSocket(address.getAddress(), address.getPort());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private String subject(String name) throws Exception {
    try (SSLSocket socket = connect(trusting(), name)) {
      X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return leaf.getSubjectX500Principal().getName().substring("CN=".length());
    }
  }

  private static SSLContext trusting() throws Exception {
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new Anybody()}, null);
    return trusting;
  }

  private Path copies(String name, TlsConfig.Certificate pair) throws IOException {
    Path copies = Files.createDirectories(folder.resolve(name));
    Files.copy(pair.cert(), copies.resolve("first.pem"));
    Files.copy(pair.key(), copies.resolve("first.key"));
    return copies;
  }

  private static void replace(TlsConfig.Certificate old, TlsConfig.Certificate by)
      throws IOException {
    Files.copy(by.cert(), old.cert(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(by.key(), old.key(), StandardCopyOption.REPLACE_EXISTING);
  }

  private static final class Empty implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Answer(new Response(204, Headers.EMPTY, Body.EMPTY));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
