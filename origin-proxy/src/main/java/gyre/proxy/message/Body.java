package gyre.proxy.message;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The content of a message, pulled piece by piece by one thread at a time, which it may block: a
 * virtual thread.
 *
 * <p>Not pulling is back-pressure. {@link #close} gives up what was not read and is idempotent.
 */
public interface Body extends AutoCloseable {
  Body EMPTY = new MemoryBody(ByteBuffer.allocate(0));

  /**
   * The next piece, never an empty one; empty once at the end. The buffer is the caller's until the
   * next call.
   */
  Optional<ByteBuffer> next() throws IOException;

  /**
   * Whether {@link #next} has something to work on, so that it returns soon: not worth sending what
   * came before by itself. False where that is not known.
   */
  boolean isReady();

  /**
   * For a reader that must not be blocked: {@code onReady} runs, on whatever thread fills the body,
   * when it may have become {@linkplain #isReady ready}. False where a thread has to wait for it.
   */
  boolean announce(Runnable onReady);

  /** How many bytes there are in all, where that is known. */
  OptionalLong length();

  /** After the last piece: the fields that came behind it (RFC 9110, 6.5). */
  Headers trailers();

  @Override
  void close();

  /** Of bytes that nobody changes any more. */
  static Body of(ByteBuffer content) {
    return content.hasRemaining() ? new MemoryBody(content.duplicate()) : EMPTY;
  }

  static Body of(byte[] content) {
    return content.length == 0 ? EMPTY : new MemoryBody(ByteBuffer.wrap(content));
  }
}
