package gyre.proxy.http.h1;

import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.message.Headers;
import io.netty.buffer.ByteBuf;

/** What the next bytes of a connection turned out to be. */
sealed interface Parsed {
  /** More bytes are needed. */
  record Incomplete() implements Parsed {}

  record Head(RequestHead head) implements Parsed {}

  /** The receiver releases the bytes. */
  record Content(ByteBuf bytes) implements Parsed {}

  /** The request is complete; {@code trailers} came behind its body. */
  record End(Headers trailers) implements Parsed {}

  /** The connection cannot go on: refused. */
  record Malformed(Refusal refusal) implements Parsed {
    Malformed(int status, String reason) {
      this(new Refusal(status, reason));
    }
  }

  Incomplete INCOMPLETE = new Incomplete();
  End END = new End(Headers.EMPTY);
}
