package gyre.proxy.certificate.acme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import gyre.operations.config.AcmeConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.certificate.CertificateFolder;
import gyre.proxy.certificate.Outcome;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.exception.AcmeException;

/** Servers that are no authority, or one in trouble. */
@Timeout(30)
class HostileServerTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void close() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private URI directory() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/dir");
  }

  private Outcome.Failed obtain() throws InterruptedException {
    AcmeConfig config =
        new AcmeConfig(
            directory(),
            Optional.empty(),
            folder,
            List.of(AcmeConfig.Challenge.HTTP_01),
            Optional.empty(),
            Optional.empty());
    CertificateFolder kept = CertificateFolder.open(folder, directory());
    try (AcmeAuthority authority = new AcmeAuthority(config, kept, () -> NOW)) {
      return assertInstanceOf(
          Outcome.Failed.class, authority.obtain("a.test", 0, proof -> () -> {}));
    }
  }

  private void answer(HttpHandler handler) {
    server.createContext("/", handler);
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "90                            | 2026-11-21T12:01:30Z",
        "0                             | 2026-11-21T12:00:00Z",
        "Sun, 22 Nov 2026 08:00:00 GMT | 2026-11-22T08:00:00Z",
        "999999999999                  | ''",
        "-1                            | ''",
        "soon                          | ''"
      })
  void aServerThatIsBusySaysWhenToComeAgain(String retryAfter, String time) throws Exception {
    answer(
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", retryAfter);
          send(exchange, 503, "text/html", "busy");
        });
    Outcome.Failed failed = obtain();
    assertEquals(Outcome.Reason.UNREACHABLE, failed.reason());
    assertTrue(failed.told().contains("HTTP 503"), failed.told());
    assertEquals(
        time.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(time)), failed.notBefore());
  }

  private static String directoryOf(URI base) {
    return "{\"newNonce\": \"%s\", \"newAccount\": \"%s\", \"newOrder\": \"%s\"}"
        .formatted(base.resolve("/n"), base.resolve("/a"), base.resolve("/o"));
  }

  @ParameterizedTest
  @CsvSource({
    "429, rateLimited, RATE_LIMITED, true",
    "500, serverInternal, UNREACHABLE, false",
    "503, serverInternal, UNREACHABLE, true",
    "403, unauthorized, REFUSED, false"
  })
  void aComplaintIsToldAndItsWishForAPauseHeard(
      int status, String problem, Outcome.Reason reason, boolean waits) throws Exception {
    answer(
        exchange -> {
          exchange.getResponseHeaders().set("Replay-Nonce", "bm9uY2U");
          exchange.getResponseHeaders().set("Retry-After", "7200");
          if (exchange.getRequestURI().getPath().equals("/dir")) {
            send(exchange, 200, "application/json", directoryOf(directory()));
          } else {
            send(
                exchange,
                status,
                "application/problem+json",
                """
                {"type": "urn:ietf:params:acme:error:%s", "detail": "as it is"}
                """
                    .formatted(problem));
          }
        });
    Outcome.Failed failed = obtain();
    assertEquals(reason, failed.reason());
    assertEquals(problem + ": as it is", failed.told());
    assertEquals(waits ? Optional.of(NOW.plusSeconds(7200)) : Optional.empty(), failed.notBefore());
  }

  @Test
  void anAddressThatIsNotReachedAsTheDirectoryIsIsNotAsked() throws Exception {
    URI elsewhere = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    answer(exchange -> send(exchange, 200, "application/json", directoryOf(elsewhere)));
    Outcome.Failed failed = obtain();
    assertEquals(Outcome.Reason.UNREACHABLE, failed.reason());
    assertTrue(failed.told().endsWith("is not reached as the directory is"), failed.told());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "{}",
        "null",
        "{\"newNonce\": 5, \"newAccount\": []}",
        "{\"newNonce\": \"no URL\", \"newAccount\": \"no URL\"}"
      })
  void nonsenseIsAFailureAsAnyOther(String body) throws Exception {
    answer(exchange -> send(exchange, 200, "application/json", body));
    Outcome.Failed failed = obtain();
    assertTrue(
        List.of(Outcome.Reason.UNUSABLE, Outcome.Reason.UNREACHABLE).contains(failed.reason()));
  }

  @Test
  void anAnswerWithoutEndIsCutOffAtItsLimit() throws Exception {
    answer(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 0);
          byte[] piece = new byte[64 << 10];
          try (OutputStream out = exchange.getResponseBody()) {
            while (over.getCount() > 0) {
              out.write(piece);
            }
          }
        });
    assertEquals(Outcome.Reason.UNREACHABLE, obtain().reason());
  }

  @Test
  void anAnswerThatStopsHalfwayHasADeadline() throws Exception {
    answer(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          await(over);
        });
    try (AcmeServer acme = new AcmeServer(Optional.empty(), () -> NOW)) {
      Session session = new Session(directory(), acme);
      session.networkSettings().setTimeout(Duration.ofMillis(300));
      AcmeException failure = assertThrows(AcmeException.class, session::getMetadata);
      assertTrue(failure.getCause().getMessage().startsWith("no answer within"));
    }
  }

  @Test
  void aFileOfAuthoritiesMustHoldOne() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    for (Path file : List.of(empty, folder.resolve("missing.pem"))) {
      StartFailure failure = assertThrows(StartFailure.class, () -> AcmeServer.trusting(file));
      assertTrue(failure.getMessage().startsWith("tls.acme.ca: " + file), failure.getMessage());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
