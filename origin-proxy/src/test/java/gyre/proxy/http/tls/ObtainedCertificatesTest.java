package gyre.proxy.http.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.operations.config.TlsConfig;
import gyre.proxy.certificate.PemPair;
import gyre.proxy.certificate.Proof;
import gyre.proxy.certificate.Prover;
import gyre.proxy.certificate.acme.OwnCertificates;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.RawClient;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ObtainedCertificatesTest {
  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private final TlsCertificates certificates =
      new TlsCertificates(List.of(), InstantSource.system());
  private final PemPair a = OwnCertificates.meanwhile("a.test");
  private final PemPair b = OwnCertificates.meanwhile("b.test");
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    front = new HttpFront(Terms.of(new Hello()), transport, UpstreamTls.trustingTheSystem());
    address = front.listenTls(new HostPort("127.0.0.1", 0), false, certificates);
    certificates.use(Map.of("a.test", a));
  }

  @AfterEach
  void close() {
    front.close();
    certificates.close();
    transport.close();
  }

  /** {@code name} may be empty: no SNI. */
  private SSLSocket connect(String name, String... protocols) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            Certificates.trustingAnybody()
                .getSocketFactory()
                .createSocket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    SSLParameters parameters = socket.getSSLParameters();
    if (!name.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private Certificate leaf(String name, String... protocols) throws Exception {
    try (SSLSocket socket = connect(name, protocols)) {
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static int get(SSLSocket socket) throws IOException {
    return new RawClient(socket).say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").answer().status();
  }

  @Test
  void anotherCertificateIsServedToNewConnectionsWhileOldOnesGoOn() throws Exception {
    try (SSLSocket open = connect("a.test")) {
      assertEquals(200, get(open));
      PemPair newer = OwnCertificates.meanwhile("a.test");
      certificates.use(Map.of("a.test", newer, "b.test", b));
      assertEquals(newer.leaf(), leaf("a.test"));
      assertEquals(b.leaf(), leaf("b.test"));
      assertEquals(200, get(open));
    }
  }

  @Test
  void aFileComesBeforeWhatWasObtained() throws Exception {
    TlsConfig.Certificate file = Certificates.make(folder, "file", "dns:a.test,dns:file.test");
    certificates.use(Map.of("a.test", a, "b.test", b));
    certificates.replace(List.of(file));
    assertNotEquals(a.leaf(), leaf("a.test"));
    assertEquals(leaf("file.test"), leaf("a.test"));
    assertEquals(leaf("file.test"), leaf("unknown.test"));
    assertEquals(b.leaf(), leaf("b.test"));
    certificates.replace(List.of());
    assertEquals(a.leaf(), leaf("a.test"));
  }

  @Test
  void aHostIsProvedToWhoAsksForNothingElseAndTheConnectionEnds() throws Exception {
    try (Prover.Shown _ = certificates.show(new Proof.Tls("b.test", b));
        SSLSocket socket = connect("b.test", "acme-tls/1")) {
      assertEquals("acme-tls/1", socket.getApplicationProtocol());
      assertEquals(b.leaf(), socket.getSession().getPeerCertificates()[0]);
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void otherConnectionsOfAHostThatIsBeingProvedGetItsCertificate() throws Exception {
    try (Prover.Shown _ = certificates.show(new Proof.Tls("a.test", b))) {
      assertEquals(a.leaf(), leaf("a.test"));
      assertEquals(a.leaf(), leaf("a.test", "http/1.1"));
      assertEquals(a.leaf(), leaf("a.test", "acme-tls/1", "http/1.1"));
      try (SSLSocket socket = connect("a.test", "acme-tls/1", "http/1.1")) {
        assertEquals("http/1.1", socket.getApplicationProtocol());
        assertEquals(200, get(socket));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.test", "c.test", "sub.b.test", ""})
  void whoAsksForTheProofOfAHostThatIsNotBeingProvedIsRefused(String name) throws Exception {
    try (Prover.Shown _ = certificates.show(new Proof.Tls("b.test", b))) {
      SSLHandshakeException refused =
          assertThrows(SSLHandshakeException.class, () -> leaf(name, "acme-tls/1"));
      assertTrue(refused.getMessage().contains("no_application_protocol"), refused.getMessage());
    }
    assertThrows(SSLHandshakeException.class, () -> leaf("b.test", "acme-tls/1"));
    assertEquals(a.leaf(), leaf("a.test"));
  }

  @Test
  void theConnectionOfWhoIsRefusedIsClosed() throws Exception {
    try (Socket bare = new Socket(address.getAddress(), address.getPort());
        SSLSocket socket =
            (SSLSocket)
                Certificates.trustingAnybody()
                    .getSocketFactory()
                    .createSocket(bare, "a.test", address.getPort(), false)) {
      bare.setSoTimeout(10_000);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"acme-tls/1"});
      socket.setSSLParameters(parameters);
      assertThrows(SSLHandshakeException.class, socket::startHandshake);
      assertEquals(-1, bare.getInputStream().read());
    }
  }

  private static final class Hello implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Answer(Response.text(200, "hello"));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
