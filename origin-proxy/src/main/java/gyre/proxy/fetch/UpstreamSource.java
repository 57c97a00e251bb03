package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;
import java.net.URI;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The site's own web server. {@code fetch} blocks the calling virtual thread until the response's
 * head is there; {@link #begin} blocks nobody.
 */
public interface UpstreamSource {
  /** What becomes of a request for which no thread waits: one of these, once, on its event loop. */
  interface Receiver {
    /** The receiver closes the body. One that throws is told that the request failed. */
    void responded(Response response);

    /** As {@link #fetch(Request)} fails. */
    void failed(IOException reason);

    /** It is as if nobody had asked: a thread has to {@linkplain #fetch(Request) fetch} it. */
    void undone();
  }

  /**
   * Sends the request as it is. An IOException says what failed, to which address, within which
   * deadline.
   */
  Response fetch(Request request) throws IOException;

  /** The same, with deadlines of its own. */
  default Response fetch(Request request, Patience patience) throws IOException {
    return fetch(request);
  }

  /**
   * The same on the event loop that calls. What is returned gives the request up, on that loop; its
   * receiver is told nothing any more.
   */
  default Runnable begin(Request request, Patience patience, Receiver receiver) {
    receiver.undone();
    return () -> {};
  }

  /**
   * For a tunnel: each call leases another of the site's servers, the best one first; empty where
   * all were. Never blocks.
   */
  default Supplier<Optional<Lease>> leases(SiteConfig site) {
    Iterator<URI> servers = site.upstreams().iterator();
    return () -> servers.hasNext() ? Optional.of(Lease.of(servers.next())) : Optional.empty();
  }
}
