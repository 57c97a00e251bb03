package gyre.signalling.directory;

import gyre.wire.PeerId;
import gyre.wire.ServerMessage;

/** What follows from a command. */
public sealed interface Reply {

  record Send(PeerId to, ServerMessage message) implements Reply {}

  /** The connection of this peer is to be ended: another one took its session over. */
  record End(PeerId peer) implements Reply {}
}
