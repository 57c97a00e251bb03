package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.HostPort;
import gyre.proxy.access.AccessLog;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.HttpFront;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Headers;
import gyre.proxy.message.QueuedBody;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A body that comes by itself, byte by byte, for a client that takes none of it. */
@Timeout(20)
class TricklingBodyTest {
  private static final FrontLimits LIMITS =
      new FrontLimits(
          new FrontLimits.Times(
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              Duration.ofMillis(400),
              Duration.ofSeconds(5),
              Duration.ofMillis(100)),
          FrontLimits.Bodies.DEFAULT,
          FrontLimits.Crowd.DEFAULT);

  private final CountDownLatch abandoned = new CountDownLatch(1);
  private final QueuedBody body =
      new QueuedBody(
          OptionalLong.empty(),
          64 << 20,
          Duration.ofSeconds(20),
          new QueuedBody.Feed() {
            @Override
            public void wanted() {}

            @Override
            public void abandoned() {
              abandoned.countDown();
            }
          });

  @Test
  void whatStillComesDoesNotProlongTheClientsTime() throws Exception {
    body.offer(ByteBuffer.allocate(16 << 20), () -> {}); // more than sockets hold
    try (Transport transport = Transport.start();
        HttpFront front =
            new HttpFront(
                new Terms(new Trickling(), LIMITS, TrustedProxies.NONE, AccessLog.NONE),
                transport,
                UpstreamTls.trustingTheSystem());
        Socket client = new Socket();
        var upstream = Executors.newSingleThreadScheduledExecutor()) {
      client.connect(front.listen(new HostPort("127.0.0.1", 0), false));
      client.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
      var _ =
          upstream.scheduleAtFixedRate(
              () -> body.offer(ByteBuffer.allocate(1), () -> {}), 0, 50, TimeUnit.MILLISECONDS);
      assertTrue(abandoned.await(8, TimeUnit.SECONDS));
      upstream.shutdownNow();
    }
  }

  private final class Trickling implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return new Decision.Coming(
          arrival -> {
            arrival.answered(new Response(200, Headers.EMPTY, body));
            return () -> {};
          });
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
