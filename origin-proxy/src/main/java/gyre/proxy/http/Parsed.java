package gyre.proxy.http;

import io.netty.buffer.ByteBuf;

/** What the next bytes of a connection turned out to be. */
sealed interface Parsed {
  /** More bytes are needed. */
  record Incomplete() implements Parsed {}

  record Head(RequestHead head) implements Parsed {}

  /** The receiver releases the bytes. */
  record Content(ByteBuf bytes) implements Parsed {}

  /** The request is complete. */
  record End() implements Parsed {}

  /** The connection cannot go on: this status, for this reason. */
  record Malformed(int status, String reason) implements Parsed {}

  Incomplete INCOMPLETE = new Incomplete();
  End END = new End();
}
