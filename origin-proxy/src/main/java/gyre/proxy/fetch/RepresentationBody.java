package gyre.proxy.fetch;

import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.wire.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.LoggerFactory;

/**
 * A run of bytes of a stored representation, a chunk or a part of one at a time. From the first
 * chunk on that the store cannot read, the upstream provides them, where it still has the same.
 */
final class RepresentationBody implements Body {
  private static final RationedLog log =
      new RationedLog(LoggerFactory.getLogger(RepresentationBody.class));

  private final Whole whole;
  private final long length;
  private final long end;
  private Optional<UpstreamChunks> upstream = Optional.empty();
  private long at;

  RepresentationBody(Whole whole, long from, long length) {
    this.whole = whole;
    this.length = length;
    this.at = from;
    this.end = from + length;
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    if (at >= end) {
      return Optional.empty();
    }
    int index = (int) (at / Limits.CHUNK);
    int offset = (int) (at % Limits.CHUNK);
    ByteBuffer chunk = upstream.isPresent() ? upstream.get().chunk(index) : stored(index);
    int count = (int) Math.min(chunk.remaining() - offset, end - at);
    at += count;
    return Optional.of(chunk.slice(offset, count));
  }

  private ByteBuffer stored(int index) throws IOException {
    try {
      return whole.content().chunk(index);
    } catch (IOException e) {
      if (whole.rest().isEmpty() || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      log.info("{}; the upstream provides what is left from byte {}", e.getMessage(), at);
      UpstreamChunks rest = new UpstreamChunks(whole.content().chunks(), whole.rest().get());
      upstream = Optional.of(rest);
      return rest.chunk(index);
    }
  }

  @Override
  public boolean isReady() {
    return upstream.isEmpty();
  }

  @Override
  public boolean announce(Runnable onReady) {
    return false;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(length);
  }

  @Override
  public Headers trailers() {
    return Headers.EMPTY;
  }

  @Override
  public void close() {
    at = end;
    upstream.ifPresent(UpstreamChunks::close);
  }
}
