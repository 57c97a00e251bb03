package gyre.proxy.fetch;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One who follows the bytes of a {@link Fill} from one position to another, or to the end. Where it
 * is, is guarded by the lock of the {@link Basin}; used by one thread at a time.
 */
final class FillReader implements Body {
  /** As an end: wherever that will be. */
  static final long TO_THE_END = Long.MAX_VALUE;

  private final Basin basin;
  private final OptionalLong length;
  private final Duration patience;
  private final long end;
  private long at;

  /** Bytes from {@code from} to {@code end}; {@code patience}: for each further piece. */
  static FillReader enter(Basin basin, long from, long end, Duration patience) {
    FillReader reader = new FillReader(basin, from, end, patience);
    basin.enter(reader);
    return reader;
  }

  private FillReader(Basin basin, long from, long end, Duration patience) {
    this.basin = basin;
    this.at = from;
    this.end = end;
    this.length = end == TO_THE_END ? basin.size() : OptionalLong.of(end - from);
    this.patience = patience;
  }

  /** The next byte it wants. */
  long at() {
    return at;
  }

  long end() {
    return end;
  }

  boolean isThrough() {
    return at >= end;
  }

  void advance(int bytes) {
    at += bytes;
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    return basin.next(this, patience);
  }

  @Override
  public boolean isReady() {
    return basin.isReady(this);
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
    return end == TO_THE_END ? basin.trailers() : Headers.EMPTY;
  }

  @Override
  public void close() {
    basin.leave(this);
  }
}
