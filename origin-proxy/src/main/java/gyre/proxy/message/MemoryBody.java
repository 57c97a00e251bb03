package gyre.proxy.message;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** A body that is whole in memory: one piece. */
final class MemoryBody implements Body {
  private final ByteBuffer content;
  private boolean given;

  MemoryBody(ByteBuffer content) {
    this.content = content;
    this.given = !content.hasRemaining();
  }

  @Override
  public Optional<ByteBuffer> next() {
    if (given) {
      return Optional.empty();
    }
    given = true;
    return Optional.of(content.asReadOnlyBuffer());
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public boolean announce(Runnable onReady) {
    return true;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(content.remaining());
  }

  @Override
  public Headers trailers() {
    return Headers.EMPTY;
  }

  @Override
  public void close() {
    given = true;
  }
}
