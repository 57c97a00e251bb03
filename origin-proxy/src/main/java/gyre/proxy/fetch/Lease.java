package gyre.proxy.fetch;

import java.net.URI;

/**
 * One of a site's upstreams, chosen for one request or tunnel, and told how that went. Any thread;
 * {@link #close} ends it, once.
 */
public interface Lease extends AutoCloseable {
  URI server();

  /** It answered, whatever it said. */
  void answered();

  /** It could not be reached, or gave no answer. */
  void failed(String reason);

  @Override
  void close();

  /** Of the only server that there is. */
  static Lease of(URI server) {
    return new Lease() {
      @Override
      public URI server() {
        return server;
      }

      @Override
      public void answered() {}

      @Override
      public void failed(String reason) {}

      @Override
      public void close() {}
    };
  }
}
