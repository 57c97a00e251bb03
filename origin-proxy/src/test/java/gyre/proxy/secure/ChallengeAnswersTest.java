package gyre.proxy.secure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gyre.proxy.certificate.CertificateUser;
import gyre.proxy.certificate.PemPair;
import gyre.proxy.certificate.PendingProofs;
import gyre.proxy.certificate.Proof;
import gyre.proxy.certificate.Prover;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChallengeAnswersTest {
  private static final String PATH = "/.well-known/acme-challenge/";

  private final PendingProofs proofs = new PendingProofs(new NoListeners());
  private final RequestService service = new ChallengeAnswers(new Site(), proofs);

  private String ask(String method, String authority, String target) throws IOException {
    Request request =
        new Request(
            method,
            "http",
            authority,
            target,
            Headers.EMPTY,
            Body.EMPTY,
            InetAddress.getLoopbackAddress());
    Response response = assertInstanceOf(Decision.Answer.class, service.tryNow(request)).response();
    try (Body body = response.body()) {
      return response.status()
          + " "
          + US_ASCII.decode(body.next().orElseThrow()).toString().strip();
    }
  }

  @Test
  void aTokenIsAnsweredForItsHostWhileItIsAskedFor() throws IOException {
    assertEquals("404 site", ask("GET", "a.test", PATH + "token"));
    try (Prover.Shown _ = proofs.show(new Proof.Http("a.test", "token", "token.thumb"))) {
      assertEquals("200 token.thumb", ask("GET", "a.test", PATH + "token"));
      assertEquals("200 token.thumb", ask("GET", "a.test:8080", PATH + "token"));
    }
    assertEquals("404 site", ask("GET", "a.test", PATH + "token"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, b.test, token",
    "GET, b.test, other",
    "GET, a.test, other",
    "GET, a.test, ''",
    "GET, a.test, TOKEN",
    "GET, a.test, token/",
    "GET, a.test, token?x=1",
    "GET, a.test, %74oken",
    "GET, a.test, ../../token",
    "POST, a.test, token",
    "DELETE, a.test, token"
  })
  void everythingElseOfAHostThatOthersGetCertificatesForGoesOnToTheSite(
      String method, String host, String token) throws IOException {
    try (Prover.Shown _ = proofs.show(new Proof.Http("a.test", "token", "token.thumb"))) {
      assertEquals("404 site", ask(method, host, PATH + token));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, other",
    "GET, ''",
    "GET, token/",
    "GET, token?x=1",
    "GET, ../../token",
    "POST, token"
  })
  void everythingElseOfAHostThatWeGetCertificatesForIsNotThere(String method, String token)
      throws IOException {
    proofs.own(List.of("a.test"));
    try (Prover.Shown _ = proofs.show(new Proof.Http("a.test", "token", "token.thumb"))) {
      assertEquals("404 gyre: no such challenge", ask(method, "a.test", PATH + token));
      assertEquals("404 gyre: no such challenge", ask(method, "a.test:8443", PATH + token));
      assertEquals("200 token.thumb", ask("GET", "a.test", PATH + "token"));
      assertEquals("404 site", ask(method, "b.test", PATH + token));
      assertEquals("404 site", ask("GET", "a.test", "/.well-known/other"));
    }
    proofs.own(List.of());
    assertEquals("404 site", ask(method, "a.test", PATH + token));
  }

  private static final class Site implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Answer(Response.text(404, "site"));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }

  private static final class NoListeners implements CertificateUser {
    @Override
    public void use(Map<String, PemPair> byHost) {}

    @Override
    public Prover.Shown show(Proof.Tls proof) {
      return () -> {};
    }
  }
}
