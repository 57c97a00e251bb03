package gyre.proxy.swarm;

import gyre.wire.PeerId;
import gyre.wire.PeerSignal;
import java.util.Optional;

/** The way to other peers through the signalling server. No call blocks. */
interface Relay {

  /** This peer's id; empty while there is no connection to the signalling server. */
  Optional<PeerId> self();

  /** Passes a signal on; without a connection it is dropped, since the other side waits in vain. */
  void relay(PeerId to, PeerSignal signal);
}
