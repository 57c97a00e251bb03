package gyre.proxy.certificate.acme;

import static gyre.operations.config.AcmeConfig.Challenge.HTTP_01;
import static gyre.operations.config.AcmeConfig.Challenge.TLS_ALPN_01;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.AcmeConfig;
import gyre.operations.config.HostPort;
import gyre.proxy.certificate.CertificateFolder;
import gyre.proxy.certificate.Outcome;
import gyre.proxy.certificate.PendingProofs;
import gyre.proxy.certificate.Proof;
import gyre.proxy.certificate.Prover;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.secure.ChallengeAnswers;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The authority against a real ACME server that looks at the real listeners. */
@Timeout(60)
class AcmeIT {
  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private final TlsCertificates listeners = new TlsCertificates(List.of(), InstantSource.system());
  private final PendingProofs proofs = new PendingProofs(listeners);
  private HttpFront front;

  @BeforeEach
  void open() throws Exception {
    front =
        new HttpFront(
            Terms.of(new ChallengeAnswers(new NotFound(), proofs)),
            transport,
            UpstreamTls.trustingTheSystem());
    listeners.use(Map.of("other.test", OwnCertificates.meanwhile("other.test")));
  }

  @AfterEach
  void close() {
    front.close();
    listeners.close();
    transport.close();
  }

  private Pebble pebble(String settings, Map<String, String> environment) throws Exception {
    Pebble pebble = Pebble.start(folder, settings, environment);
    front.listen(new HostPort("127.0.0.1", pebble.httpPort()), false);
    front.listenTls(new HostPort("127.0.0.1", pebble.tlsPort()), false, listeners);
    return pebble;
  }

  private Outcome obtain(AcmeConfig config, String host, int failures) throws Exception {
    CertificateFolder kept = CertificateFolder.open(config.folder(), config.directory());
    try (AcmeAuthority authority = new AcmeAuthority(config, kept, InstantSource.system())) {
      return authority.obtain(host, failures, proofs);
    }
  }

  private static void assertIssued(String host, Outcome outcome) {
    Outcome.Issued issued = assertInstanceOf(Outcome.Issued.class, outcome, outcome::toString);
    assertEquals(List.of(host), issued.certificate().names());
    assertTrue(issued.certificate().leaf().getIssuerX500Principal().getName().contains("Pebble"));
  }

  private static Outcome.Failed assertFailed(Outcome.Reason reason, Outcome outcome) {
    Outcome.Failed failed = assertInstanceOf(Outcome.Failed.class, outcome);
    assertEquals(reason, failed.reason(), failed::told);
    return failed;
  }

  @Test
  void aHostIsProvedByHttp() throws Exception {
    try (Pebble pebble = pebble("", Map.of())) {
      assertIssued("a.test", obtain(pebble.config(HTTP_01), "a.test", 0));
    }
  }

  @Test
  void aHostIsProvedByTls() throws Exception {
    try (Pebble pebble = pebble("", Map.of())) {
      assertIssued("a.test", obtain(pebble.config(TLS_ALPN_01), "a.test", 0));
    }
  }

  @Test
  void noncesThatAreRefusedAreReplaced() throws Exception {
    for (String percent : List.of("5", "50")) {
      try (Pebble pebble =
          Pebble.start(folder.resolve(percent), "", Map.of("PEBBLE_WFE_NONCEREJECT", percent))) {
        AcmeConfig config = pebble.config(HTTP_01);
        front.listen(new HostPort("127.0.0.1", pebble.httpPort()), false);
        assertIssued("a.test", obtain(config, "a.test", 0));
      }
    }
  }

  @Test
  void theAccountOfTheStoredKeyIsUsedAgain() throws Exception {
    try (Pebble pebble = pebble("", Map.of())) {
      assertIssued("a.test", obtain(pebble.config(HTTP_01), "a.test", 0));
      assertIssued("b.test", obtain(pebble.config(HTTP_01), "b.test", 0));
      long accounts =
          pebble.lines().stream()
              .filter(line -> line.contains("There are now"))
              .filter(line -> line.contains("accounts in memory"))
              .count();
      assertEquals(1, accounts, () -> String.join("\n", pebble.lines()));
    }
  }

  @Test
  void aRefusalIsToldInTheAuthoritysWords() throws Exception {
    try (Pebble pebble = pebble("\"domainBlocklist\": [\"bad.test\"]", Map.of())) {
      Outcome.Failed failed =
          assertFailed(Outcome.Reason.REFUSED, obtain(pebble.config(HTTP_01), "bad.test", 0));
      assertTrue(failed.told().startsWith("rejectedIdentifier: "), failed.told());
      assertEquals(Optional.empty(), failed.notBefore());
    }
  }

  @Test
  void aProofThatIsNotSeenFailsAndTheNextChallengeIsTriedNextTime() throws Exception {
    try (Pebble pebble = Pebble.start(folder)) {
      front.listenTls(new HostPort("127.0.0.1", pebble.tlsPort()), false, listeners);
      AcmeConfig config = pebble.config(HTTP_01, TLS_ALPN_01);
      Outcome.Failed failed = assertFailed(Outcome.Reason.UNPROVED, obtain(config, "a.test", 0));
      assertTrue(failed.told().startsWith("http-01: connection: "), failed.told());
      assertIssued("a.test", obtain(config, "a.test", 1));
    }
  }

  @Test
  void aProofIsGoneOnceTheAuthorityHasSeenIt() throws Exception {
    List<Proof.Http> shown = new ArrayList<>();
    Prover listening =
        proof -> {
          shown.add((Proof.Http) proof);
          return proofs.show(proof);
        };
    try (Pebble pebble = pebble("", Map.of())) {
      AcmeConfig config = pebble.config(HTTP_01);
      CertificateFolder kept = CertificateFolder.open(config.folder(), config.directory());
      try (AcmeAuthority authority = new AcmeAuthority(config, kept, InstantSource.system())) {
        assertIssued("a.test", authority.obtain("a.test", 0, listening));
      }
      Proof.Http proof = shown.getFirst();
      assertTrue(proof.content().startsWith(proof.token() + "."));
      assertEquals(Optional.empty(), proofs.content("a.test", proof.token()));
    }
  }

  @Test
  void anAuthorityThatCannotBeVerifiedIsNotSpokenTo() throws Exception {
    try (Pebble pebble = pebble("", Map.of())) {
      AcmeConfig right = pebble.config(HTTP_01);
      AcmeConfig wrong =
          new AcmeConfig(
              right.directory(),
              right.email(),
              right.folder(),
              right.challenges(),
              Optional.empty(),
              Optional.empty());
      Outcome.Failed failed = assertFailed(Outcome.Reason.UNREACHABLE, obtain(wrong, "a.test", 0));
      assertTrue(failed.told().contains("unable to find valid certification path"), failed.told());
      assertEquals(0, pebble.requests());
    }
  }

  private static final class NotFound implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Answer(Response.text(404, "nothing here"));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
