package gyre.proxy.fetch;

import gyre.proxy.cache.Verdict;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

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

  /** It comes by itself, on the event loop that asks; begun once. */
  record Coming(Delivery delivery) implements Decision {
    /** The same, with every response changed on its way. */
    public Coming map(UnaryOperator<Response> change) {
      return new Coming(arrival -> delivery.begin(new Arrival.Changed(arrival, change)));
    }
  }

  /** What returns gives it up: the arrival is told nothing any more. */
  @FunctionalInterface
  interface Delivery {
    Runnable begin(Arrival arrival);
  }

  /** The connection itself goes on to one of these servers. */
  record Tunnel(Targets targets) implements Decision {
    /** To this server and no other. */
    public static Tunnel to(URI server, Request request) {
      Iterator<Target> only = List.of(new Target(Lease.of(server), request)).iterator();
      return new Tunnel(() -> only.hasNext() ? Optional.of(only.next()) : Optional.empty());
    }
  }

  /** A server, and the request with which a tunnel to it begins. */
  record Target(Lease lease, Request request) {}

  /** The servers to which a tunnel may lead, the best one first. Event loop; never blocks. */
  interface Targets {
    /** Another one, leased; empty where all were tried. */
    Optional<Target> next();
  }
}
