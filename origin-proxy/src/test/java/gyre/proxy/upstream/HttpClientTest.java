package gyre.proxy.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class HttpClientTest {
  private static final ClientLimits LIMITS = ClientLimits.DEFAULT.withHead(Duration.ofMillis(500));
  private static Transport transport;
  private HttpClient client;

  @BeforeAll
  static void start() {
    transport = Transport.start();
  }

  @AfterAll
  static void stop() {
    transport.close();
  }

  @BeforeEach
  void open() throws IOException {
    client = new HttpClient(transport, UpstreamTls.trustingTheSystem(), LIMITS);
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void twoRequestsTravelOverOneConnection() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              while (!c.head().isEmpty()) {
                c.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello");
              }
            })) {
      for (int i = 0; i < 2; i++) {
        Response response = client.fetch(tcp(server), get());
        assertEquals(200, response.status());
        assertEquals(Optional.of("b"), response.headers().first("x-a"));
        assertEquals("hello", text(response.body()));
        assertEquals(1, client.idleConnections());
      }
      assertEquals(1, server.connections());
    }
  }

  @Test
  void aBodyThatIsClosedLateDoesNotDisturbTheNextExchangeOfItsConnection() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
              c.head();
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
              awaitLatch(closed);
              c.say("llo");
              c.head();
            })) {
      Response first = client.fetch(tcp(server), get());
      while (first.body().next().isPresent()) {
        // to its end, and not closed
      }
      Response second = client.fetch(tcp(server), get());
      first.body().close();
      closed.countDown();
      assertEquals("hello", text(second.body()));
      assertEquals(1, server.connections());
    }
  }

  @Test
  void aKeptConnectionThatDiesBeforeTheResponseIsReplacedForAReadOnce() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              c.head(); // reads a second request, then hangs up without a word
            })) {
      client.fetch(tcp(server), get());
      assertEquals(200, client.fetch(tcp(server), get()).status());
      assertEquals(2, server.connections());
    }
  }

  @Test
  void aServerThatClosesOnTheNextRequestIsAskedAgainOverAFreshConnection() throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      try (ScriptedServer server =
          new ScriptedServer(
              c -> {
                c.head();
                c.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                c.bytes(1);
                if (reset) {
                  c.reset();
                }
              })) {
        for (int i = 0; i < 100; i++) {
          assertEquals(200, client.fetch(tcp(server), get()).status());
        }
        assertEquals(100, server.connections());
      }
    }
  }

  @Test
  void aServerThatClosesWhileItsConnectionRestsIsAskedAgainOverAFreshConnection() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            })) {
      for (int i = 0; i < 300; i++) {
        assertEquals(200, client.fetch(tcp(server), get()).status());
      }
    }
  }

  @Test
  void aServerThatNeverAnswersIsAskedTwiceAndNotForEver() throws Exception {
    try (ScriptedServer server = new ScriptedServer(c -> c.head())) {
      IOException failure = assertThrows(IOException.class, () -> client.fetch(tcp(server), get()));
      assertTrue(failure.getMessage().endsWith("closed the connection without a response"));
      assertEquals(2, server.connections());
      assertThrows(IOException.class, () -> client.fetch(tcp(server), request("POST", Body.EMPTY)));
      assertEquals(3, server.connections());
    }
  }

  /** Also where it is closed before whoever opened it looks at it. */
  @Test
  void eachConnectionThatTheServerClosesAtOnceIsAFailure() throws Exception {
    try (ScriptedServer server = new ScriptedServer(c -> {})) {
      for (int i = 0; i < 300; i++) {
        assertThrows(IOException.class, () -> client.fetch(tcp(server), get()));
      }
    }
  }

  @Test
  void aPostThatMetADeadConnectionIsNotSentTwice() throws Exception {
    AtomicInteger posts = new AtomicInteger();
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
              if (c.head().startsWith("POST")) {
                posts.incrementAndGet();
              }
            })) {
      client.fetch(tcp(server), get());
      assertThrows(
          IOException.class,
          () -> client.fetch(tcp(server), request("POST", Body.of("x".getBytes(UTF_8)))));
      assertEquals(1, posts.get());
      assertEquals(1, server.connections());
    }
  }

  @Test
  void bothBodiesStreamAtTheSameTime() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              assertTrue(c.head().contains("transfer-encoding: chunked"));
              c.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              assertEquals("1\r\na\r\n", c.bytes(6));
              c.say("1\r\nA\r\n");
              assertEquals("1\r\nb\r\n0\r\n\r\n", c.bytes(11));
              c.say("1\r\nB\r\n0\r\n\r\n");
            })) {
      CountDownLatch firstEcho = new CountDownLatch(1);
      Response response = client.fetch(tcp(server), request("POST", twoPieces(firstEcho)));
      Body body = response.body();
      assertEquals((byte) 'A', body.next().orElseThrow().get());
      firstEcho.countDown();
      assertEquals((byte) 'B', body.next().orElseThrow().get());
      assertEquals(Optional.empty(), body.next());
    }
  }

  @Test
  void aBodyThatIsShorterThanAnnouncedFails() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell");
            })) {
      Response response = client.fetch(tcp(server), get());
      IOException failure = assertThrows(IOException.class, () -> text(response.body()));
      assertTrue(failure.getMessage().contains("in the middle of a response"));
    }
  }

  @Test
  void aServerThatDoesNotAnswerMeetsTheDeadline() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              assertTrue(c.peerHasLeft());
            })) {
      SocketTimeoutException failure =
          assertThrows(SocketTimeoutException.class, () -> client.fetch(tcp(server), get()));
      assertTrue(failure.getMessage().endsWith("within 500 ms"));
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws Exception {
    int port;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = gone.getLocalPort();
    }
    IOException failure =
        assertThrows(
            IOException.class, () -> client.fetch(new Endpoint.Tcp("127.0.0.1", port), get()));
    assertTrue(
        failure.getMessage().startsWith("cannot connect to 127.0.0.1:" + port),
        failure.getMessage());
  }

  @Test
  void aFloodOfInterimResponsesIsRefused() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              for (int i = 0; i < 100; i++) {
                c.say("HTTP/1.1 103 Early Hints\r\n\r\n");
              }
            })) {
      assertThrows(IOException.class, () -> client.fetch(tcp(server), get()));
    }
  }

  @Test
  void interimResponsesAreSkipped() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            })) {
      assertEquals("ok", text(client.fetch(tcp(server), get()).body()));
    }
  }

  @Test
  void aReaderThatGivesUpClosesTheConnection() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\nhell");
              if (c.peerHasLeft()) {
                left.countDown();
              }
            })) {
      client.fetch(tcp(server), get()).body().close();
      left.await();
    }
  }

  @Test
  void aUnixSocketIsAnEndpointToo(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("http.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Thread.ofVirtual()
          .start(
              () -> {
                try (SocketChannel connection = server.accept()) {
                  ByteBuffer request = ByteBuffer.allocate(1024);
                  connection.read(request);
                  Channels.newOutputStream(connection)
                      .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(UTF_8));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertEquals("ok", text(client.fetch(new Endpoint.Unix(path), get()).body()));
    }
  }

  private static Endpoint tcp(ScriptedServer server) {
    return new Endpoint.Tcp("127.0.0.1", server.port());
  }

  private static Request get() {
    return request("GET", Body.EMPTY);
  }

  private static Request request(String method, Body body) {
    return new Request(
        method,
        "http",
        "site.test",
        "/a",
        Headers.of("host", "site.test"),
        body,
        InetAddress.getLoopbackAddress());
  }

  private static String text(Body body) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
      byte[] bytes = new byte[piece.get().remaining()];
      piece.get().get(bytes);
      text.writeBytes(bytes);
    }
    body.close();
    return text.toString(UTF_8);
  }

  /** "a", then, once the latch is open, "b". */
  private static Body twoPieces(CountDownLatch second) {
    Queue<String> left = new ArrayDeque<>(List.of("a", "b"));
    return new ScriptedBody(
        () -> {
          if (left.size() == 1) {
            second.await();
          }
          return Optional.ofNullable(left.poll()).map(p -> ByteBuffer.wrap(p.getBytes(UTF_8)));
        });
  }

  private static void awaitLatch(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
