package gyre.proxy.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * A body whose pieces a test makes: of unknown length, never ready and without trailers unless said
 * otherwise.
 */
public final class ScriptedBody implements Body {
  private final Pieces pieces;
  private OptionalLong length = OptionalLong.empty();
  private Headers trailers = Headers.EMPTY;
  private BooleanSupplier isReady = () -> false;
  private Runnable onClose = () -> {};

  public ScriptedBody(Pieces pieces) {
    this.pieces = pieces;
  }

  /** What {@link Body#next} gives; an interrupt becomes an IOException. */
  public interface Pieces {
    Optional<ByteBuffer> next() throws IOException, InterruptedException;
  }

  /** Zeros: so many, a piece at a time, with their length told. */
  public static ScriptedBody zeros(int size, int piece) {
    int[] left = {size};
    return new ScriptedBody(
            () -> {
              int count = Math.min(piece, left[0]);
              left[0] -= count;
              return count == 0 ? Optional.empty() : Optional.of(ByteBuffer.allocate(count));
            })
        .withLength(size);
  }

  /** That piece, then a failure. */
  public static ScriptedBody brokenAfter(ByteBuffer piece) {
    boolean[] given = {false};
    return new ScriptedBody(
        () -> {
          if (given[0]) {
            throw new IOException("broke off, as the test wants");
          }
          given[0] = true;
          return Optional.of(piece);
        });
  }

  public ScriptedBody withLength(long bytes) {
    length = OptionalLong.of(bytes);
    return this;
  }

  public ScriptedBody withTrailers(Headers fields) {
    trailers = fields;
    return this;
  }

  public ScriptedBody readyWhen(BooleanSupplier condition) {
    isReady = condition;
    return this;
  }

  public ScriptedBody onClose(Runnable action) {
    onClose = action;
    return this;
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    try {
      return pieces.next();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public boolean isReady() {
    return isReady.getAsBoolean();
  }

  @Override
  public boolean announce(Runnable onReady) {
    return false;
  }

  @Override
  public OptionalLong length() {
    return length;
  }

  @Override
  public Headers trailers() {
    return trailers;
  }

  @Override
  public void close() {
    onClose.run();
  }
}
