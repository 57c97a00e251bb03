package gyre.proxy.certificate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import gyre.operations.config.AcmeConfig;
import gyre.operations.config.HostPort;
import gyre.proxy.certificate.acme.AcmeAuthority;
import gyre.proxy.certificate.acme.OwnCertificates;
import gyre.proxy.certificate.acme.Pebble;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.RawClient;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Renewal with a real ACME server and a real listener, on a clock of the test's own. */
@Timeout(60)
class RenewalIT {
  private static final String LIFE_OF_90_DAYS = "\"certificateValidityPeriod\": 7776000";

  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private final TlsCertificates listeners = new TlsCertificates(List.of(), Instant::now);
  private Instant now = Instant.now();
  private HttpFront front;

  @BeforeEach
  void open() throws IOException {
    front = new HttpFront(Terms.of(new Hello()), transport, UpstreamTls.trustingTheSystem());
  }

  @AfterEach
  void close() {
    front.close();
    listeners.close();
    transport.close();
  }

  private Renewals renewals(AcmeAuthority authority, CertificateFolder kept) {
    return new Renewals(
        new Renewals.Parts(
            authority, kept, new PendingProofs(listeners), listeners, OwnCertificates::meanwhile),
        Schedule.of(Optional.empty()),
        new SimpleMeterRegistry(),
        () -> now);
  }

  /** With a context of its own: one that resumes a session would see the old certificate. */
  private static SSLSocket connect(Path root, int port) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            Certificates.trusting(root)
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName("a.test")));
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static X509Certificate leaf(Path root, int port) throws Exception {
    try (SSLSocket socket = connect(root, port)) {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static int get(SSLSocket socket) throws IOException {
    return new RawClient(socket).say("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n").answer().status();
  }

  @Test
  void renewalReplacesTheCertificateOnTheOpenListenerAndAFailureKeepsIt() throws Exception {
    try (Pebble pebble = Pebble.start(folder, LIFE_OF_90_DAYS, Map.of())) {
      AcmeConfig config = pebble.config(AcmeConfig.Challenge.TLS_ALPN_01);
      CertificateFolder kept = CertificateFolder.open(config.folder(), config.directory());
      Path root = pebble.root();
      front.listenTls(new HostPort("127.0.0.1", pebble.tlsPort()), false, listeners);
      try (AcmeAuthority authority = new AcmeAuthority(config, kept, () -> now)) {
        Renewals renewals = renewals(authority, kept);
        renewals.want(List.of("a.test"));
        renewals.attemptDue();
        X509Certificate first = leaf(root, pebble.tlsPort());
        try (SSLSocket open = connect(root, pebble.tlsPort())) {
          assertEquals(200, get(open));
          now = now.plus(Duration.ofDays(63));
          renewals.attemptDue();
          assertNotEquals(first, leaf(root, pebble.tlsPort()));
          assertEquals(200, get(open));
        }
        X509Certificate second = leaf(root, pebble.tlsPort());
        pebble.stop();
        now = now.plus(Duration.ofDays(63));
        renewals.attemptDue();
        assertEquals(second, leaf(root, pebble.tlsPort()));
      }
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
