package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.io.IOException;

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

  /** The server to which a tunnel goes. */
  default Lease lease(SiteConfig site) {
    return Lease.of(site.upstreams().getFirst());
  }
}
