package gyre.proxy.http.exchange;

import gyre.proxy.fetch.Decision;
import gyre.proxy.message.Response;
import java.io.IOException;

/**
 * How exchanges are answered in the framing of their connection. Every call but {@link #pull} and
 * {@link #onLoop} comes on the connection's event loop.
 */
public interface Reply {
  /** Writes a response whose body never blocks, as fast as the client takes it. */
  void now(Exchange exchange, Response response);

  /**
   * Writes a response as its body comes and the client takes it. False, and nothing done, where
   * only a thread can wait for the body: {@link #pull}.
   */
  default boolean flow(Exchange exchange, Response response) {
    return false;
  }

  /**
   * On a virtual thread: writes a response as its body comes, waiting for both. Returns once the
   * last byte is on its way; closes the body in any case.
   */
  void pull(Exchange exchange, Response response) throws IOException;

  /** The connection itself goes on to another server. */
  void tunnel(Exchange exchange, Decision.Tunnel tunnel);

  /** The answer broke off, or there will be none. */
  void abort(Exchange exchange, IOException reason);

  /** Any thread: does it on the event loop and flushes. */
  void onLoop(Runnable step);
}
