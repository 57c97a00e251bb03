package gyre.proxy.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.config.HostPort;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import gyre.proxy.transport.BufferMemory;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.UpstreamTls;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy whose connections hold nearly all the memory that there is for buffers. */
@Timeout(20)
class TightMemoryTest {
  private final AtomicLong used = new AtomicLong(76);

  @Test
  void answersWhatItHoldsAndRefusesTheRestUntilThereIsRoom() throws Exception {
    try (Transport transport = Transport.start(new BufferMemory(used::get, 100));
        HttpFront front =
            new HttpFront(Terms.of(new Both()), transport, UpstreamTls.trustingTheSystem());
        RawClient client = new RawClient(front.listen(new HostPort("127.0.0.1", 0), false))) {
      assertEquals(200, ask(client, "/held").status());

      RawClient.Answer refused = ask(client, "/elsewhere");
      assertEquals(503, refused.status());
      assertEquals("1", refused.header("retry-after"));

      used.set(75);
      assertEquals(200, ask(client, "/elsewhere").status());
    }
  }

  private static RawClient.Answer ask(RawClient client, String path) throws Exception {
    return client.say("GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n").answer();
  }

  private static final class Both implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return request.path().equals("/held")
          ? new Decision.Answer(Response.text(200, "held"))
          : new Decision.Pending(request, new Route.Reject(200, "any"));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      return Response.text(200, "fetched");
    }
  }
}
