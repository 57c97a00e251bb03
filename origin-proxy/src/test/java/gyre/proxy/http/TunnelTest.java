package gyre.proxy.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ScriptedServer;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TunnelTest {
  private static final String UPGRADE =
      "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  private final Transport transport = Transport.start();
  private volatile int port;
  private HttpFront front;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws IOException {
    front = new HttpFront(Terms.of(new Tunnelling()), transport, UpstreamTls.trustingTheSystem());
    address = front.listen(new HostPort("127.0.0.1", 0), false);
  }

  @AfterEach
  void close() {
    front.close();
    transport.close();
  }

  @Test
  void bytesFlowBothWaysOnceTheServerHasSwitched() throws IOException {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  assertTrue(c.head().startsWith("GET /chat HTTP/1.1\r\n"));
                  c.say(SWITCHED + "first");
                  assertEquals("ping", c.bytes(4));
                  c.say("pong");
                });
        RawClient client = new RawClient(address)) {
      port = server.port();
      client.say(UPGRADE);
      assertEquals(SWITCHED, client.until("\r\n\r\n"));
      assertEquals("first", client.until("first"));
      client.say("ping");
      assertEquals("pong", client.until("pong"));
      assertTrue(client.isClosed(), "the server has left");
    }
  }

  @Test
  void whatAClientSendsTooEarlyWaitsForTheSwitch() throws IOException {
    CountDownLatch sent = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  await(sent);
                  c.say(SWITCHED);
                  assertEquals("early", c.bytes(5));
                  c.say("late");
                });
        RawClient client = new RawClient(address)) {
      port = server.port();
      client.say(UPGRADE + "early");
      sent.countDown();
      client.until("\r\n\r\n");
      assertEquals("late", client.until("late"));
    }
  }

  @Test
  void aServerThatDoesNotSwitchNeverSeesTheNextRequest() throws IOException {
    try (ScriptedServer server =
            new ScriptedServer(
                c -> {
                  c.head();
                  c.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                  assertEquals("", c.head(), "nothing follows");
                });
        RawClient client = new RawClient(address)) {
      port = server.port();
      client.say(UPGRADE + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(502, client.answer().status());
    }
  }

  @Test
  void aServerThatIsNotThereIsABadGateway() throws IOException {
    try (ScriptedServer server = new ScriptedServer(c -> {})) {
      port = server.port();
    }
    try (RawClient client = new RawClient(address)) {
      client.say(UPGRADE);
      assertEquals(502, client.answer().status());
    }
  }

  @Test
  void aClientThatLeavesClosesTheServersSide() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              c.say(SWITCHED);
              if (c.peerHasLeft()) {
                left.countDown();
              }
            })) {
      port = server.port();
      try (RawClient client = new RawClient(address)) {
        client.say(UPGRADE);
        client.until("\r\n\r\n");
      }
      left.await();
    }
  }

  @Test
  void aClientThatLeavesBeforeTheSwitchClosesTheServersSide() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    CountDownLatch left = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.head();
              asked.countDown();
              await(gone);
              if (endsAfter(c, SWITCHED + "first")) {
                left.countDown();
              }
            })) {
      port = server.port();
      try (RawClient client = new RawClient(address)) {
        client.say(UPGRADE);
        asked.await();
      }
      gone.countDown();
      left.await();
    }
  }

  private static boolean endsAfter(ScriptedServer.Conversation conversation, String text) {
    try {
      conversation.say(text);
      return conversation.peerHasLeft();
    } catch (IOException reset) {
      return true;
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
      return Decision.Tunnel.to(URI.create("ws://127.0.0.1:" + port), request);
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
