package gyre.proxy.fetch;

import gyre.proxy.cache.Draft;
import gyre.proxy.cache.NewContent;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The way of a fill's chunks to a draft of the store. The pouring thread waits for the disk, and so
 * slows the upstream; but while a reader waits as well it gives up where the disk takes less than
 * {@link #LEAST} bytes a second on average, after {@link #GRACE}, and in any case where it takes
 * nothing for {@link #STALL}.
 */
final class Spill implements AutoCloseable {
  private static final Duration SLICE = Duration.ofMillis(50);
  static final Duration GRACE = Duration.ofSeconds(2);
  static final Duration STALL = Duration.ofSeconds(10);
  static final long LEAST = 32L << 20;

  private final Draft draft;
  private final LongSupplier nanos;
  private int handed;
  private long readersWaited;

  /** {@code nanos}: as {@link System#nanoTime}. */
  Spill(Draft draft, LongSupplier nanos) {
    this.draft = draft;
    this.nanos = nanos;
  }

  /** How many chunks were handed over. By the pouring thread. */
  int handed() {
    return handed;
  }

  /**
   * Hands the next chunk over; blocks the pouring thread. An IOException where the disk is too
   * slow, or will not keep it.
   */
  void add(ByteBuffer chunk, BooleanSupplier isReaderWaiting) throws IOException {
    long begun = nanos.getAsLong();
    long last = begun;
    boolean isTaken = false;
    while (!isTaken) {
      isTaken = draft.append(chunk, SLICE);
      long now = nanos.getAsLong();
      readersWaited += isReaderWaiting.getAsBoolean() ? now - last : 0;
      last = now;
      boolean stalls = !isTaken && now - begun > STALL.toNanos();
      if (stalls || readersWaited > allowed()) {
        throw new IOException("the disk is too slow for it");
      }
    }
    handed++;
  }

  private long allowed() {
    return GRACE.toNanos() + handed * (1_000_000_000L * Limits.CHUNK / LEAST);
  }

  /** Bytes that can be read from the draft, from the first on. */
  long written() {
    return (long) draft.written() * Limits.CHUNK;
  }

  /** What is there from a position on, at most to {@code end} and within one chunk. Blocks. */
  ByteBuffer piece(long at, long end) throws IOException {
    int index = (int) (at / Limits.CHUNK);
    int offset = (int) (at % Limits.CHUNK);
    ByteBuffer chunk = draft.chunk(index);
    return chunk.slice(offset, (int) Math.min(chunk.remaining() - offset, end - at));
  }

  NewContent content(ChunkList chunks) {
    return new NewContent.Drafted(draft, chunks);
  }

  @Override
  public void close() {
    draft.close();
  }
}
