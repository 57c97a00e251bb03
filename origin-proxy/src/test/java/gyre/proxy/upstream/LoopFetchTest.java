package gyre.proxy.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.ConfigFile;
import gyre.operations.config.SiteConfig;
import gyre.proxy.fetch.UpstreamSource.Receiver;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Transport;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests for which no thread waits, where something is the matter with them. */
@Timeout(20)
class LoopFetchTest {
  private final Transport transport = Transport.start();
  private final EventLoop loop = transport.group().next();
  private final Told told = new Told();
  private HttpClient client;

  @BeforeEach
  void open() throws IOException {
    client = new HttpClient(transport, UpstreamTls.trustingTheSystem(), ClientLimits.DEFAULT);
  }

  @AfterEach
  void close() {
    client.close();
    transport.close();
  }

  @Test
  void whatIsGivenUpIsNoLongerBeingConnected() throws Exception {
    CountDownLatch came = new CountDownLatch(1);
    CompletableFuture<Boolean> left = new CompletableFuture<>();
    try (ScriptedServer server =
        new ScriptedServer(
            c -> {
              c.bytes(1); // of a handshake that is never answered
              came.countDown();
              while (!c.peerHasLeft()) {
                // the rest of it
              }
              left.complete(true);
            })) {
      Runnable giveUp = begin(new Endpoint.Tls("127.0.0.1", server.port()));
      assertTrue(came.await(10, TimeUnit.SECONDS));
      onLoop(
          () -> {
            giveUp.run();
            return true;
          });
      assertTrue(left.get(3, TimeUnit.SECONDS)); // the connection may take five
      assertEquals(0, told.all.size());
    }
  }

  @Test
  void aFaultWhileConnectingIsTold() throws Exception {
    var _ = begin(new Endpoint.Tcp("127.0.0.1", 70_000));
    assertTrue(told.next().startsWith("failed: 127.0.0.1:70000"));
  }

  @Test
  void aReceiverThatCannotTakeTheResponseIsToldThatItFailed() throws Exception {
    try (ScriptedServer server = answering("")) {
      told.isFaulty = true;
      var _ = begin(new Endpoint.Tcp("127.0.0.1", server.port()));
      assertTrue(told.next().startsWith("failed: 127.0.0.1:" + server.port()));
    }
  }

  @Test
  void aRedirectThatGrowsBeyondTheLimitsKeepsNoServerLeased() throws Exception {
    String location = "http://site.test/";
    try (ScriptedServer server =
        answering("Location: " + location + "x".repeat(8_192 - location.length()) + "\r\n")) {
      SiteConfig site =
          ConfigFile.parse(
                  "test",
                  Path.of("/"),
                  "sites: [{ id: site, hosts: [site.test], upstreams: ['http://127.0.0.1:"
                      + server.port()
                      + "'] }]")
              .sites()
              .getFirst();
      SimpleMeterRegistry metrics = new SimpleMeterRegistry();
      try (SiteUpstream upstream =
          new SiteUpstream(client, site, InstantSource.system(), metrics)) {
        assertThrows(IOException.class, () -> upstream.fetch(get()));
        var _ = onLoop(() -> upstream.begin(get(), Patience.USUAL, told));
        assertTrue(told.next().startsWith("failed: "));
        assertEquals(0, metrics.get("gyre.proxy.upstream.outstanding").gauge().value());
      }
    }
  }

  private static ScriptedServer answering(String fields) throws IOException {
    return new ScriptedServer(
        c -> {
          while (!c.head().isEmpty()) {
            c.say("HTTP/1.1 302 Found\r\nContent-Length: 2\r\n" + fields + "\r\nok");
          }
        });
  }

  private Runnable begin(Endpoint endpoint) throws Exception {
    return onLoop(() -> client.begin(endpoint, get(), Patience.USUAL, told));
  }

  private <T> T onLoop(Callable<T> step) throws Exception {
    return loop.submit(step).get(10, TimeUnit.SECONDS);
  }

  private static Request get() {
    return new Request(
        "GET",
        "https",
        "site.test",
        "/",
        Headers.EMPTY,
        Body.EMPTY,
        InetAddress.getLoopbackAddress());
  }

  /** Writes down what it is told. */
  private static final class Told implements Receiver {
    final BlockingQueue<String> all = new LinkedBlockingQueue<>();
    volatile boolean isFaulty;

    String next() throws InterruptedException {
      String next = all.poll(10, TimeUnit.SECONDS);
      return next == null ? "nothing" : next;
    }

    @Override
    public void responded(Response response) {
      response.body().close();
      if (isFaulty) {
        throw new IllegalStateException("a fault that the test wants");
      }
      all.add("responded: " + response.status());
    }

    @Override
    public void failed(IOException reason) {
      all.add("failed: " + reason.getMessage());
    }

    @Override
    public void undone() {
      all.add("undone");
    }
  }
}
