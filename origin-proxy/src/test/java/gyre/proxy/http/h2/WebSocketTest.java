package gyre.proxy.http.h2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ScriptedServer;
import gyre.proxy.upstream.ScriptedServer.Conversation;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSockets over streams (RFC 8441), as raw frames, to a server with raw sockets. */
@Timeout(20)
class WebSocketTest {
  private static final int ENABLE_CONNECT_PROTOCOL = 8;
  private static final int QUEUED = 64 << 10;
  private static final FrontLimits QUICK =
      new FrontLimits(
          new FrontLimits.Times(
              Duration.ofSeconds(2),
              Duration.ofSeconds(5),
              Duration.ofMillis(500),
              Duration.ofSeconds(2),
              Duration.ofSeconds(1)),
          new FrontLimits.Bodies(1 << 20, 256, QUEUED),
          FrontLimits.Crowd.DEFAULT);

  private final Transport transport = Transport.start();
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile int port;
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    Terms terms = new Terms(new Tunnelling(), QUICK, TrustedProxies.NONE, AccessLog.NONE);
    front = new HttpFront(terms, transport, UpstreamTls.trustingTheSystem());
    address = front.listen(new HostPort("127.0.0.1", 0), false);
  }

  @AfterEach
  void close() {
    over.countDown();
    front.close();
    transport.close();
  }

  private ScriptedServer server(ScriptedServer.Script script) throws IOException {
    ScriptedServer server = new ScriptedServer(script);
    port = server.port();
    return server;
  }

  /** Takes the handshake of RFC 6455 and answers it with one more field. */
  static String accept(Conversation conversation) throws IOException {
    String head = conversation.head();
    conversation.say(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n"
            + "Sec-WebSocket-Accept: "
            + accepted(field(head, "sec-websocket-key"))
            + "\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
    return head;
  }

  private static String field(String head, String name) {
    return head.lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElse("");
  }

  private static String accepted(String key) {
    try {
      String text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] connect(String path, String... fields) {
    return FrameClient.head("CONNECT", path, fields);
  }

  private FrameClient asking(String path) throws IOException {
    FrameClient client = FrameClient.connect(address);
    byte[] head = connect(path, ":protocol", "websocket", "sec-websocket-protocol", "chat");
    client.frame(FrameClient.HEADERS, FrameClient.END_HEADERS, 1, head).send();
    return client;
  }

  private static FrameClient.Frame head(FrameClient client) throws IOException {
    return client.until(f -> f.type() == FrameClient.HEADERS);
  }

  private static FrameClient.Frame data(FrameClient client) throws IOException {
    return client.until(f -> f.type() == FrameClient.DATA);
  }

  @Test
  void theSettingsSayThatItIsServed() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      var settings = client.until(f -> f.type() == FrameClient.SETTINGS).payload();
      boolean isServed = false;
      while (settings.isReadable()) {
        isServed |=
            settings.readUnsignedShort() == ENABLE_CONNECT_PROTOCOL && settings.readInt() == 1;
      }
      assertTrue(isServed);
    }
  }

  @Test
  void theServerGetsAHandshakeOfHttp1AndBytesFlowBothWays() throws Exception {
    CompletableFuture<String> asked = new CompletableFuture<>();
    try (ScriptedServer _ =
            server(
                c -> {
                  asked.complete(accept(c));
                  c.say("first");
                  assertEquals("ping", c.bytes(4));
                  c.say("pong");
                });
        FrameClient client = asking("/chat?a=b")) {
      FrameClient.Answer answer = new FrameClient.Answer(List.of(head(client).lines()), "");
      assertEquals("200", answer.status());
      assertEquals("chat", answer.field(0, "sec-websocket-protocol"));
      for (String dropped : new String[] {"connection", "upgrade", "sec-websocket-accept"}) {
        assertEquals("", answer.field(0, dropped));
      }
      assertEquals("first", data(client).payload().toString(ISO_8859_1));
      client.data(1, false, "pi").data(1, false, "ng").send();
      assertEquals("pong", data(client).payload().toString(ISO_8859_1));
      assertTrue(data(client).has(FrameClient.END_STREAM), "the server has left");
      String head = asked.join();
      assertTrue(head.startsWith("GET /chat?a=b HTTP/1.1\r\n"), head);
      assertEquals("websocket", field(head, "upgrade"));
      assertEquals("Upgrade", field(head, "connection"));
      assertEquals("chat", field(head, "sec-websocket-protocol"));
      assertFalse(head.contains(":protocol"), head);
    }
  }

  @Test
  void whatAClientSendsTooEarlyWaitsForTheSwitch() throws Exception {
    try (ScriptedServer _ =
            server(
                c -> {
                  accept(c);
                  c.say(c.bytes(5));
                });
        FrameClient client = asking("/chat")) {
      client.data(1, false, "early").send();
      assertEquals("early", data(client).payload().toString(ISO_8859_1));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "101 x~Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Accept: AAAA~~",
        "101 x~no field~~",
        "200 OK~Content-Length: 0~~"
      })
  void aServerThatDoesNotAcceptTheKeyIsABadGateway(String answer) throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer _ =
            server(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 " + answer.replace("~", "\r\n"));
                  if (c.peerHasLeft()) {
                    left.countDown();
                  }
                });
        FrameClient client = asking("/chat")) {
      assertEquals("502", client.answer(1).status());
      left.await();
    }
  }

  @Test
  void aServerThatIsNotThereIsABadGateway() throws Exception {
    server(c -> {}).close();
    try (FrameClient client = asking("/chat")) {
      assertEquals("502", client.answer(1).status());
    }
  }

  @Test
  void aPageIsNoWebSocket() throws Exception {
    try (FrameClient client = asking("/page")) {
      assertEquals("502", client.answer(1).status());
    }
  }

  @Test
  void anotherProtocolIsNotImplemented() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      byte[] head = connect("/chat", ":protocol", "connect-udp");
      client.frame(FrameClient.HEADERS, FrameClient.END_HEADERS, 1, head).send();
      assertEquals("501", client.answer(1).status());
    }
  }

  @Test
  void aProtocolWithAnotherMethodIsMalformed() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      client.get(1, "/chat", ":protocol", "websocket").send();
      assertEquals(1, client.reset(1));
    }
  }

  @Test
  void aWebSocketWithoutAStreamIsABadRequest() throws Exception {
    try (FrameClient client = FrameClient.connect(address)) {
      byte[] head = connect("/chat", ":protocol", "websocket");
      int flags = FrameClient.END_HEADERS | FrameClient.END_STREAM;
      client.frame(FrameClient.HEADERS, flags, 1, head).send();
      assertEquals("400", client.answer(1).status());
    }
  }

  @Test
  void trailersResetTheStreamAndCloseTheServersSide() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer _ = server(c -> leaves(c, left));
        FrameClient client = asking("/chat")) {
      head(client);
      client.frame(FrameClient.HEADERS, 5, 1, FrameClient.fields("a", "b")).send();
      assertEquals(1, client.reset(1));
      left.await();
    }
  }

  private static void leaves(Conversation conversation, CountDownLatch left) throws IOException {
    accept(conversation);
    if (conversation.peerHasLeft()) {
      left.countDown();
    }
  }

  @Test
  void aStreamThatIsResetClosesTheServersSideAndNoOtherStream() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer _ = server(c -> leaves(c, left));
        FrameClient client = asking("/chat")) {
      head(client);
      client.frame(FrameClient.RST_STREAM, 0, 1, 8).send();
      left.await();
      assertEquals("page\n", client.get(3, "/page").send().answer(3).text());
    }
  }

  @Test
  void aClientThatLeavesBeforeTheSwitchClosesTheServersSide() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer _ =
        server(
            c -> {
              c.head();
              asked.countDown();
              if (c.peerHasLeft()) {
                left.countDown();
              }
            })) {
      try (FrameClient _ = asking("/chat")) {
        asked.await();
      }
      left.await();
    }
  }

  @Test
  void aClientThatEndsItsSideStillGetsWhatTheServerSays() throws Exception {
    try (ScriptedServer _ =
            server(
                c -> {
                  accept(c);
                  assertEquals("bye", c.bytes(3));
                  assertTrue(c.peerHasLeft());
                  c.say("farewell");
                });
        FrameClient client = asking("/chat")) {
      head(client);
      client.data(1, true, "bye").send();
      assertEquals("farewell", data(client).payload().toString(ISO_8859_1));
      assertTrue(data(client).has(FrameClient.END_STREAM));
    }
  }

  @Test
  void aServerThatDoesNotReadKeepsTheClientsWindowClosed() throws Exception {
    int most = 64 << 20;
    try (ScriptedServer _ =
            server(
                c -> {
                  accept(c);
                  await(over);
                });
        FrameClient client = asking("/chat")) {
      head(client);
      int sent = 0;
      int room = QUEUED;
      while (sent < most) {
        int size = Math.min(16_384, room);
        client.data(1, false, "x".repeat(size)).ping().send();
        sent += size;
        room -= size;
        FrameClient.Frame frame = client.read();
        while (frame.type() != FrameClient.PING) {
          room +=
              frame.type() == FrameClient.WINDOW_UPDATE && frame.stream() == 1
                  ? frame.number(0)
                  : 0;
          frame = client.read();
        }
        if (room == 0) {
          return;
        }
      }
      assertTrue(sent < most, "somebody holds it all");
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheServerUpBeyondTheDeadlineOfAnswers() throws Exception {
    AtomicLong said = new AtomicLong();
    byte[] piece = new byte[64 << 10];
    int more = 40 << 20;
    try (ScriptedServer _ =
            server(
                c -> {
                  accept(c);
                  while (said.get() < more) {
                    c.say(piece);
                    said.addAndGet(piece.length);
                  }
                });
        FrameClient client = asking("/chat")) {
      head(client);
      long taken = 0;
      while (taken < 65_535) {
        taken += data(client).payload().readableBytes();
      }
      client.socket().setSoTimeout(900);
      assertThrows(SocketTimeoutException.class, client::read);
      client.socket().setSoTimeout(10_000);
      assertTrue(said.get() < more, "somebody holds it all");
      while (taken < more) {
        int open = 1 << 20;
        client.frame(FrameClient.WINDOW_UPDATE, 0, 0, open);
        client.frame(FrameClient.WINDOW_UPDATE, 0, 1, open).send();
        for (int came = 0; came < open && taken < more; ) {
          int size = data(client).payload().readableBytes();
          came += size;
          taken += size;
        }
      }
      assertEquals(more, said.get());
    }
  }

  @Test
  void nothingForTooLongEndsIt() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer _ = server(c -> leaves(c, left));
        FrameClient client = asking("/chat")) {
      head(client);
      assertTrue(data(client).has(FrameClient.END_STREAM));
      left.await();
    }
  }

  @Test
  void aProxyThatStopsSaysSoAndLetsItGoOnForAWhile() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer _ =
            server(
                c -> {
                  accept(c);
                  c.say(c.bytes(4));
                  if (c.peerHasLeft()) {
                    left.countDown();
                  }
                });
        FrameClient client = asking("/chat")) {
      head(client);
      Thread stopping = Thread.ofVirtual().start(front::close);
      assertEquals(0, client.until(f -> f.type() == FrameClient.GOAWAY).number(4));
      client.data(1, false, "ping").send();
      assertEquals("ping", data(client).payload().toString(ISO_8859_1));
      left.await();
      stopping.join();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Tunnelling implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return request.path().equals("/page")
          ? new Decision.Answer(
              new Response(200, Headers.EMPTY, Body.of("page\n".getBytes(US_ASCII))))
          : Decision.Tunnel.to(URI.create("ws://127.0.0.1:" + port), request);
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
