package gyre.proxy.upstream;

import gyre.proxy.fetch.Lease;
import gyre.proxy.message.Body;
import gyre.proxy.message.Response;
import gyre.proxy.message.WrappedBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A body that keeps its upstream leased until it was read to its end, or is closed. */
record LeasedBody(Body body, Lease lease) implements WrappedBody {

  /** An empty one keeps nothing. */
  static Response on(Response response, Lease lease) {
    if (response.body().equals(Body.EMPTY)) {
      lease.close();
      return response;
    }
    return response.withBody(new LeasedBody(response.body(), lease));
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    Optional<ByteBuffer> piece = body.next();
    if (piece.isEmpty()) {
      lease.close();
    }
    return piece;
  }

  @Override
  public void close() {
    lease.close();
    body.close();
  }
}
