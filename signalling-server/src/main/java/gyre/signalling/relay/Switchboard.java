package gyre.signalling.relay;

import gyre.signalling.directory.Reply;
import gyre.wire.ClientMessage;
import gyre.wire.PeerId;
import gyre.wire.ServerMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reaches the peers that are connected to this server. Safe for use by several threads: relays go
 * from connection to connection without waiting for the directory's owner.
 */
public final class Switchboard {
  private final Map<PeerId, Seat> seats = new ConcurrentHashMap<>();

  public void take(Seat seat) {
    seats.put(seat.peer(), seat);
  }

  public void leave(PeerId peer) {
    seats.remove(peer);
  }

  /**
   * Passes the payload on, unread. False where the addressee is not here, which includes peers of
   * another site: their ids tell a stranger nothing.
   */
  public boolean relay(Seat from, ClientMessage.Relay relay) {
    Seat to = seats.get(relay.to());
    if (to == null || !from.mayReach(to)) {
      return false;
    }
    to.outlet().send(new ServerMessage.Relayed(from.peer(), relay.payload()));
    return true;
  }

  public void deliver(Reply reply) {
    switch (reply) {
      case Reply.Send send -> {
        Seat to = seats.get(send.to());
        if (to != null) {
          to.outlet().send(send.message());
        }
      }
      case Reply.End end -> {
        Seat gone = seats.remove(end.peer());
        if (gone != null) {
          gone.outlet().end();
        }
      }
    }
  }

  public List<Seat> all() {
    return List.copyOf(seats.values());
  }

  public int size() {
    return seats.size();
  }
}
