package gyre.proxy.upstream;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.nio.ByteBuffer;

/** How a connection writes its requests, each from one thread; what it writes is not flushed. */
interface RequestOutput {
  /** The head, with the end of the request where it is {@code whole}. */
  void head(Request request, boolean whole);

  /** Copies the piece. */
  void piece(ByteBuffer content);

  /** Trailers leave only behind a body of unknown length. */
  void end(Headers trailers);
}
