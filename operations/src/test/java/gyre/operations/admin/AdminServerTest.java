package gyre.operations.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.AdminConfig;
import gyre.operations.config.HostPort;
import gyre.operations.start.StartFailure;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private static final HostPort ANY = new HostPort("127.0.0.1", 0);

  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private Optional<String> notReady = Optional.empty();
  private AdminServer server = start(Optional.empty());

  private AdminServer start(Optional<String> token) {
    return new AdminServer(new AdminConfig(ANY, token), metrics, () -> notReady);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void readinessSaysWhatIsMissing() throws IOException {
    assertTrue(get("/readyz", "localhost").startsWith("HTTP/1.1 200"));
    notReady = Optional.of("no signalling server");
    String answer = get("/readyz", "localhost");
    assertTrue(answer.startsWith("HTTP/1.1 503"), answer);
    assertTrue(answer.endsWith("no signalling server\n"), answer);
  }

  @Test
  void metricsAreInPrometheusForm() throws IOException {
    metrics.counter("gyre.test").increment();
    assertTrue(get("/metrics", "127.0.0.1").contains("gyre_test_total 1.0"));
  }

  @Test
  void aForeignHostNameIsRefusedSoThatDnsRebindingFindsNothing() throws IOException {
    assertTrue(get("/metrics", "evil.example").startsWith("HTTP/1.1 403"));
    assertTrue(get("/healthz", "127.0.0.1.evil.example").startsWith("HTTP/1.1 403"));
  }

  @Test
  void aRequestFromAnotherOriginIsRefused() throws IOException {
    assertTrue(
        get("/healthz", "localhost", "Origin: http://evil.example\r\n").startsWith("HTTP/1.1 403"));
  }

  @Test
  void withATokenConfiguredNothingPassesWithoutIt() throws IOException {
    server.close();
    server = start(Optional.of("s3cret"));
    assertTrue(get("/healthz", "localhost").startsWith("HTTP/1.1 403"));
    assertTrue(
        get("/healthz", "localhost", "Authorization: Bearer wrong\r\n").startsWith("HTTP/1.1 403"));
    assertTrue(
        get("/healthz", "localhost", "Authorization: Bearer s3cret\r\n")
            .startsWith("HTTP/1.1 200"));
  }

  @Test
  void aBrowserIsSentToTheFormAndGetsACookieForTheToken() throws IOException {
    server.close();
    server = start(Optional.of("s3cret &"));
    String sent = get("/healthz", "admin.example", "Accept: text/html,*/*\r\n");
    assertTrue(sent.startsWith("HTTP/1.1 303") && sent.contains("Location: /login"), sent);
    assertTrue(get("/login", "admin.example").contains("<form method=\"post\""));

    String cookie = cookie(post("token=s3cret+%26"));
    assertTrue(get("/healthz", "admin.example", cookie).startsWith("HTTP/1.1 200"));
    String foreign = "Origin: http://evil.example\r\n";
    assertTrue(get("/healthz", "admin.example", cookie, foreign).startsWith("HTTP/1.1 403"));
  }

  @Test
  void aCookieIsGoodUnalteredAndForThisProcessOnly() throws IOException {
    server.close();
    server = start(Optional.of("s3cret"));
    String cookie = cookie(post("token=s3cret"));
    String longer = cookie.replaceFirst("(gyre-admin-\\d+=)", "$19");
    assertTrue(get("/healthz", "localhost", longer).startsWith("HTTP/1.1 403"));
    server.close();
    server = start(Optional.of("s3cret"));
    assertTrue(get("/healthz", "localhost", cookie).startsWith("HTTP/1.1 403"));
  }

  @Test
  void wrongTokensCloseTheFormForAWhileAndNothingElse() throws IOException {
    server.close();
    server = start(Optional.of("s3cret"));
    for (int i = 0; i < 10; i++) {
      assertTrue(post("token=wrong").startsWith("HTTP/1.1 403"));
    }
    assertTrue(post("token=s3cret").startsWith("HTTP/1.1 429"));
    assertTrue(
        get("/healthz", "localhost", "Authorization: Bearer s3cret\r\n")
            .startsWith("HTTP/1.1 200"));
  }

  private static String cookie(String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 303"), answer);
    String line =
        answer.lines().filter(l -> l.startsWith("Set-cookie: ")).findFirst().orElseThrow();
    assertTrue(line.contains("; HttpOnly; SameSite=Strict;"), line);
    return "Cookie: other=1; " + line.substring(12, line.indexOf(';')) + "\r\n";
  }

  @Test
  void aPortInUseIsOneLineThatNamesIt() {
    HostPort taken = new HostPort("127.0.0.1", server.address().getPort());
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () ->
                new AdminServer(
                    new AdminConfig(taken, Optional.empty()), metrics, Optional::empty));
    assertEquals(
        "cannot listen at admin address "
            + taken
            + " (Address already in use); free the port or change admin.listen",
        failure.getMessage());
  }

  private String post(String form) throws IOException {
    String head =
        "POST /login HTTP/1.1\r\nHost: admin.example\r\nConnection: close\r\nContent-Length: ";
    return say(head + form.length() + "\r\n\r\n" + form);
  }

  private String get(String path, String host, String... headers) throws IOException {
    return say(
        "GET "
            + path
            + " HTTP/1.1\r\nHost: "
            + host
            + "\r\nConnection: close\r\n"
            + String.join("", headers)
            + "\r\n");
  }

  private String say(String request) throws IOException {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream answer = socket.getInputStream();
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
