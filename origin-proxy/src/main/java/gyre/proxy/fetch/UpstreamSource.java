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
 * The site's own web server. Blocks the calling virtual thread until the response's head is there.
 */
public interface UpstreamSource {
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
   * For a tunnel: each call leases another of the site's servers, the best one first; empty where
   * all were. Never blocks.
   */
  default Supplier<Optional<Lease>> leases(SiteConfig site) {
    Iterator<URI> servers = site.upstreams().iterator();
    return () -> servers.hasNext() ? Optional.of(Lease.of(servers.next())) : Optional.empty();
  }
}
