package gyre.signalling.session;

import gyre.signalling.relay.Seat;
import gyre.wire.Bytes;
import gyre.wire.ClientMessage;
import gyre.wire.token.Token;

/** How far a conversation has come; PROTOCOL.md, section 4. */
sealed interface Phase {

  record AwaitingHello() implements Phase {}

  /** The admission thread looks at a hello or a proof. */
  record Checking() implements Phase {}

  record Challenged(ClientMessage.Hello hello, Token token, Bytes nonce) implements Phase {}

  /** Admitted; the welcome is on its way. */
  record Joining(Seat seat) implements Phase {}

  record Present(Seat seat) implements Phase {}

  record Over() implements Phase {}
}
