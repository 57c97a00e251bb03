package gyre.proxy.fetch;

import gyre.proxy.message.Body;
import gyre.wire.manifest.Manifest;
import java.time.Duration;

/**
 * Peers that hold a representation: visitors, or other proxies. Blocks the calling virtual thread.
 */
public interface PeerSource {

  sealed interface Outcome {
    /**
     * The identity bytes of the whole representation; every piece is one chunk that was verified.
     */
    record Found(Body body) implements Outcome {}

    /** Nobody answered with good bytes in time, for this reason. */
    record NotFound(String reason) implements Outcome {}
  }

  /**
   * Waits at most {@code deadline} for the first verified chunk. Interrupting the thread cancels
   * the exchanges.
   */
  Outcome fetch(Manifest manifest, Duration deadline) throws InterruptedException;
}
