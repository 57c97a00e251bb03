package gyre.signalling.relay;

import gyre.wire.PeerId;
import gyre.wire.PeerKind;

/** The place of an admitted peer. */
public record Seat(PeerId peer, String site, PeerKind kind, Outlet outlet) {

  /** Peers of one site reach each other, but workers have to do with proxies only. */
  boolean mayReach(Seat other) {
    return site.equals(other.site)
        && switch (kind) {
          case VISITOR -> other.kind != PeerKind.WORKER;
          case WORKER -> other.kind == PeerKind.PROXY;
          case PROXY -> true;
        };
  }
}
