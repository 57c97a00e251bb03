package gyre.proxy.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.address.AddressRanges;
import gyre.operations.config.HostPort;
import gyre.proxy.access.Access;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.sender.TrustedProxies;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ForwardedClientTest {
  private static final String REQUEST =
      """
      GET / HTTP/1.1
      Host: a.test:443
      X-Forwarded-For: 192.0.2.7
      X-Forwarded-Proto: https

      """
          .replace("\n", "\r\n");

  private final Transport transport = Transport.start();
  private final BlockingQueue<Access> accesses = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    transport.close();
  }

  @Test
  void aTrustedProxysClientIsWhoItSays() throws Exception {
    assertEquals(
        "https a.test 192.0.2.7; 192.0.2.7, 127.0.0.1", answer(AddressRanges.of("127.0.0.0/8")));
    assertEquals("192.0.2.7", accesses.take().client().getHostAddress());
  }

  @Test
  void whatAStrangerSaysIsNotHeard() throws Exception {
    assertEquals("http a.test:443 127.0.0.1; 127.0.0.1", answer(AddressRanges.of("10.0.0.0/8")));
    assertEquals("127.0.0.1", accesses.take().client().getHostAddress());
  }

  private String answer(AddressRanges trusted) throws IOException {
    Terms terms =
        new Terms(new Saying(), FrontLimits.DEFAULT, new TrustedProxies(trusted), accesses::add);
    try (HttpFront front = new HttpFront(terms, transport, UpstreamTls.trustingTheSystem())) {
      InetSocketAddress address = front.listen(new HostPort("127.0.0.1", 0), false);
      try (RawClient client = new RawClient(address)) {
        return client.say(REQUEST).answer().body();
      }
    }
  }

  private static final class Saying implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      String seen =
          request.scheme()
              + " "
              + request.authority()
              + " "
              + request.client().getHostAddress()
              + "; "
              + request.sender().chain();
      return new Decision.Answer(new Response(200, Headers.EMPTY, Body.of(seen.getBytes(UTF_8))));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      throw new IllegalStateException("nothing is pending");
    }
  }
}
