package gyre.proxy.swarm;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The body of a worker's answer as it comes in; closing it cancels what is left. */
final class CallBody implements Body {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Call call;

  CallBody(Call call) {
    this.call = call;
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    try {
      return call.next(Deadline.in(PATIENCE)).map(piece -> piece.bytes().buffer());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a worker");
    }
  }

  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public boolean announce(Runnable onReady) {
    return false;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.empty();
  }

  @Override
  public Headers trailers() {
    return Headers.EMPTY;
  }

  @Override
  public void close() {
    call.close();
  }
}
