package gyre.proxy.swarm;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** A representation as it comes from peers: verified chunks in order. */
final class PeerBody implements Body {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Stripes stripes;
  private final Runnable stop;

  PeerBody(Stripes stripes, Runnable stop) {
    this.stripes = stripes;
    this.stop = stop;
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    if (stripes.isRead()) {
      return Optional.empty();
    }
    try {
      Optional<ByteBuffer> chunk = stripes.takeNext(PATIENCE);
      if (chunk.isEmpty()) {
        throw new IOException("peers no longer provide it: " + stripes.lastFailure());
      }
      return chunk;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a peer");
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
    return OptionalLong.of(stripes.chunks().size());
  }

  @Override
  public Headers trailers() {
    return Headers.EMPTY;
  }

  @Override
  public void close() {
    stripes.close();
    stop.run();
  }
}
