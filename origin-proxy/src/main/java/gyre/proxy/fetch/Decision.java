package gyre.proxy.fetch;

import gyre.proxy.cache.Verdict;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import java.net.URI;

/** What can be said about a request without waiting for anything. */
public sealed interface Decision {
  /** The whole answer, from memory: pulling its body never blocks. */
  record Answer(Response response) implements Decision {}

  /**
   * To be continued on a virtual thread; what was decided is not decided again. {@code verdict} is
   * a miss on any route but a cacheable one.
   */
  record Pending(Request request, Route route, Verdict verdict) implements Decision {
    public Pending(Request request, Route route) {
      this(request, route, new Verdict.Miss());
    }
  }

  /** The connection itself goes on to a server, beginning with this request. */
  record Tunnel(Lease lease, Request request) implements Decision {
    public Tunnel(URI server, Request request) {
      this(Lease.of(server), request);
    }

    public URI server() {
      return lease.server();
    }
  }
}
