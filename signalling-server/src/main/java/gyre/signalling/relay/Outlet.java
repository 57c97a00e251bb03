package gyre.signalling.relay;

import gyre.wire.ServerMessage;

/**
 * The way to one connected peer. Safe for use by several threads; never blocks: what finds no room
 * in the connection's bounded queue ends the connection.
 */
public interface Outlet {
  void send(ServerMessage message);

  /** Ends the connection after what was sent before. */
  void end();
}
