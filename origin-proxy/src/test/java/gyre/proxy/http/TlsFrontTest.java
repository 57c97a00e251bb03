package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TlsFrontTest {
  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private TlsConfig.Certificate first;
  private final List<TlsCertificates> certificates = new ArrayList<>();
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws Exception {
    first = Certificates.make(folder, "first", "dns:localhost,ip:127.0.0.1");
    TlsConfig.Certificate second = Certificates.make(folder, "second", "dns:*.second.test");
    front = new HttpFront(Terms.of(new SayingScheme()), transport, UpstreamTls.trustingTheSystem());
    address = front.listenTls(new HostPort("127.0.0.1", 0), false, certificates(first, second));
  }

  private TlsCertificates certificates(TlsConfig.Certificate... files) {
    TlsCertificates opened = new TlsCertificates(List.of(files), InstantSource.system());
    certificates.add(opened);
    return opened;
  }

  @AfterEach
  void close() {
    front.close();
    certificates.forEach(TlsCertificates::close);
    transport.close();
  }

  @Test
  void theNameChoosesTheCertificate() throws Exception {
    assertEquals("CN=first", subject("localhost"));
    assertEquals("CN=second", subject("www.second.test"));
    assertEquals("CN=first", subject("unknown.test"));
  }

  @Test
  void ourOwnClientTrustsWhatItIsToldToTrust() throws Exception {
    try (HttpClient client =
        new HttpClient(transport, UpstreamTls.trusting(first.cert()), ClientLimits.DEFAULT)) {
      Response response = client.fetch(new Endpoint.Tls("localhost", address.getPort()), get());
      assertEquals("https", UTF_8.decode(response.body().next().orElseThrow()).toString());
    }
  }

  @Test
  void ourOwnClientRefusesAStranger() throws Exception {
    try (HttpClient client =
        new HttpClient(transport, UpstreamTls.trustingTheSystem(), ClientLimits.DEFAULT)) {
      IOException failure =
          assertThrows(
              IOException.class,
              () -> client.fetch(new Endpoint.Tls("localhost", address.getPort()), get()));
      assertTrue(failure.getMessage().startsWith("cannot connect to https://localhost:"));
    }
  }

  @Test
  void ourOwnClientRefusesAnotherName() throws Exception {
    TlsConfig.Certificate other = Certificates.make(folder, "other", "dns:other.test");
    InetSocketAddress there =
        front.listenTls(new HostPort("127.0.0.1", 0), false, certificates(other));
    try (HttpClient client =
        new HttpClient(transport, UpstreamTls.trusting(other.cert()), ClientLimits.DEFAULT)) {
      assertThrows(
          IOException.class,
          () -> client.fetch(new Endpoint.Tls("localhost", there.getPort()), get()));
    }
  }

  @Test
  void aBrokenCertificateIsNamed() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.pem"), "this is no certificate");
    StartFailure failure =
        assertThrows(
            StartFailure.class, () -> certificates(new TlsConfig.Certificate(broken, first.key())));
    assertTrue(failure.getMessage().contains("broken.pem"), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }

  private String subject(String name) throws Exception {
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, new TrustManager[] {new Anybody()}, null);
    try (SSLSocket socket =
        (SSLSocket)
            trusting.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(name)));
      socket.setSSLParameters(parameters);
      RawClient client = new RawClient(socket);
      client.say("GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n");
      assertEquals("https", client.answer().body());
      X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return leaf.getSubjectX500Principal().getName();
    }
  }

  private static Request get() {
    return new Request(
        "GET",
        "https",
        "localhost",
        "/",
        Headers.of("host", "localhost"),
        Body.EMPTY,
        InetAddress.getLoopbackAddress());
  }

  private static final class SayingScheme implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Answer(
          new Response(200, Headers.EMPTY, Body.of(request.scheme().getBytes(UTF_8))));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
