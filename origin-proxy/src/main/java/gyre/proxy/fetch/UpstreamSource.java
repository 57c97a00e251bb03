package gyre.proxy.fetch;

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
}
