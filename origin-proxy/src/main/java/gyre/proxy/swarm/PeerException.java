package gyre.proxy.swarm;

import java.io.IOException;

/** A peer, or the channel to it, failed: what happened, to which peer. */
class PeerException extends IOException {
  private static final long serialVersionUID = 1L;

  PeerException(String message) {
    super(message);
  }
}
