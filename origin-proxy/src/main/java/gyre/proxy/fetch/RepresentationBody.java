package gyre.proxy.fetch;

import gyre.proxy.cache.Representation;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.wire.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** A run of bytes of a stored representation, a chunk or a part of one at a time. */
final class RepresentationBody implements Body {
  private final Representation content;
  private final long length;
  private final long end;
  private long at;

  RepresentationBody(Representation content, long from, long length) {
    this.content = content;
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
    ByteBuffer chunk = content.chunk(index);
    int count = (int) Math.min(chunk.remaining() - offset, end - at);
    at += count;
    return Optional.of(chunk.slice(offset, count));
  }

  @Override
  public boolean isReady() {
    return true;
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
  }
}
