package gyre.proxy.fetch;

import gyre.proxy.cache.MemoryRepresentation;
import gyre.proxy.cache.NewContent;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A representation while it arrives: one thread pours bytes in, any number of readers follow, also
 * those that come later.
 *
 * <p>All of it is kept, for the store: in memory as long as its {@link FillRoom} allows, beyond
 * that in a draft of the store, from which a reader who is far behind is served; then memory holds
 * the end alone. What the store takes no longer becomes a window: what every reader has read is
 * dropped, nobody can join any more, and the pouring thread waits for the slowest reader.
 *
 * <p>Trailers reach those who read while it arrives; the store drops them (RFC 9111, 3.1).
 */
final class Fill implements StoredAnswer.Content {
  private static final RationedLog log = new RationedLog(LoggerFactory.getLogger(Fill.class));
  private static final int WINDOW = 1 << 20;

  /** What of a draft stays in memory, for those who follow closely. */
  private static final int TAIL = 1 << 19;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What becomes of the bytes. */
  private enum Way {
    COLLECTED,
    DRAFTED,
    LET_GO
  }

  private final OptionalLong size;
  private final FillRoom room;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final FillChunks chunks = new FillChunks();
  private final Set<Reader> readers = new HashSet<>();
  private final ChunkHasher hasher = new ChunkHasher();
  private Optional<Spill> spill = Optional.empty();
  private Way way = Way.COLLECTED;
  private long taken;
  private boolean ended;
  private boolean settled;
  private boolean released;
  private Headers trailers = Headers.EMPTY;
  private @Nullable IOException failure;

  Fill(OptionalLong size, FillRoom room) {
    this(size, room, PATIENCE);
  }

  /** {@code patience}: how long a reader waits for the next piece. */
  Fill(OptionalLong size, FillRoom room, Duration patience) {
    this.size = size;
    this.room = room;
    this.patience = patience;
  }

  @Override
  public OptionalLong size() {
    return size;
  }

  @Override
  public Body whole() {
    return new Reader(0, Long.MAX_VALUE);
  }

  @Override
  public Body bytes(long from, long length) {
    return new Reader(from, from + length);
  }

  /** Held at the first byte: while it is open, nothing is dropped that was still there. */
  final class Place implements AutoCloseable {
    private final Reader holder = new Reader(0, 0);

    private Place() {}

    /** Whether a reader who comes now finds everything. */
    boolean isAtTheStart() {
      lock.lock();
      try {
        return way != Way.LET_GO && failure == null && (chunks.isWhole() || !released);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      holder.close();
    }
  }

  Place place() {
    return new Place();
  }

  boolean isComplete() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Whether this part does not have to be waited for until all that is before it has come. */
  boolean isSoonThere(PartAsked part) {
    lock.lock();
    try {
      return !isLarge()
          || part.isAtTheStart()
          || (part.from().isPresent() && part.from().getAsLong() <= chunks.available());
    } finally {
      lock.unlock();
    }
  }

  /** Too large to be collected. */
  boolean isLarge() {
    return size.orElse(0) > room.collected();
  }

  /**
   * Takes everything of the body; an IOException where it, or the last reader of a window, fails.
   * However it ends, readers are told.
   */
  void pour(Body body) throws IOException {
    try (body) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        ByteBuffer bytes = piece.get();
        hash(bytes.duplicate());
        while (bytes.hasRemaining()) {
          take(bytes);
        }
      }
      if (size.isPresent() && size.getAsLong() != chunks.available()) {
        throw new IOException(
            "it ended after " + chunks.available() + " of " + size.getAsLong() + " bytes");
      }
      handOver();
      end(body.trailers());
    } catch (IOException e) {
      fail(e);
      throw e;
    } finally {
      if (!isComplete()) {
        fail(new IOException("it broke off"));
      }
    }
  }

  /** The pouring thread is done with it: what nobody reads any more counts no longer. */
  void settle() {
    lock.lock();
    try {
      settled = true;
      releaseWhereUnread();
    } finally {
      lock.unlock();
    }
  }

  private void releaseWhereUnread() {
    if (settled && readers.isEmpty() && !released) {
      released = true;
      giveBack(taken);
      spill.ifPresent(Spill::close);
    }
  }

  private void giveBack(long bytes) {
    long counted = Math.min(bytes, taken);
    room.budget().giveBack(counted);
    taken -= counted;
  }

  private void take(ByteBuffer bytes) throws IOException {
    if (chunks.needsAnother()) {
      handOver();
      addChunk();
    }
    lock.lock();
    try {
      if (chunks.append(bytes) == 0) {
        throw new IOException("more bytes than " + size.orElse(chunks.available()));
      }
      changed.signalAll();
      switch (way) {
        case COLLECTED -> {}
        case DRAFTED -> shed();
        case LET_GO -> slide();
      }
    } finally {
      lock.unlock();
    }
  }

  private void addChunk() {
    lock.lock();
    try {
      long left = size.orElse(Long.MAX_VALUE) - chunks.available();
      int length = (int) Math.min(Limits.CHUNK, left);
      if (way == Way.COLLECTED && !isCollected(length)) {
        spill = room.drafts().begin(size).map(draft -> new Spill(draft, System::nanoTime));
        way = spill.isPresent() ? Way.DRAFTED : Way.LET_GO;
      }
      chunks.add(length);
    } finally {
      lock.unlock();
    }
  }

  private boolean isCollected(int more) {
    boolean fits = size.orElse(chunks.available() + more) <= room.collected();
    boolean isWithin = fits && room.budget().take(more);
    taken += isWithin ? more : 0;
    return isWithin;
  }

  /** Gives the store what is complete; waits for the disk, and gives up one that is too slow. */
  private void handOver() throws IOException {
    if (way != Way.DRAFTED) {
      return;
    }
    Spill to = spill.orElseThrow();
    try {
      for (long at = (long) to.handed() * Limits.CHUNK;
          at < chunks.available();
          at += Limits.CHUNK) {
        to.add(chunk(at), this::isReaderWaiting);
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.warn("{} bytes of what arrives are not kept: {}", chunks.available(), e.getMessage());
      letGo();
    }
  }

  private ByteBuffer chunk(long at) {
    lock.lock();
    try {
      return chunks.piece(at, Long.MAX_VALUE);
    } finally {
      lock.unlock();
    }
  }

  private void letGo() {
    lock.lock();
    try {
      way = Way.LET_GO;
    } finally {
      lock.unlock();
    }
  }

  private boolean isReaderWaiting() {
    lock.lock();
    try {
      return readers.stream().anyMatch(reader -> reader.at >= chunks.available());
    } finally {
      lock.unlock();
    }
  }

  /** Drops what the draft has, but for the last of it. */
  private void shed() {
    long written = spill.map(Spill::written).orElse(0L);
    giveBack(chunks.dropBefore(Math.min(written, chunks.available() - TAIL)));
  }

  /** Drops what everybody has read, and waits while the slowest reader is far behind. */
  private void slide() throws IOException {
    await(PATIENCE, () -> readers.isEmpty() || chunks.available() - slowest() <= WINDOW);
    if (readers.isEmpty()) {
      throw new IOException("nobody reads it any more");
    }
    giveBack(chunks.dropBefore(slowest()));
  }

  private long slowest() {
    return readers.stream().mapToLong(reader -> reader.at).min().orElse(0);
  }

  private void await(Duration atMost, BooleanSupplier condition) throws IOException {
    long left = atMost.toNanos();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          throw new IOException("no progress for " + atMost.toSeconds() + " s");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private void end(Headers behind) {
    lock.lock();
    try {
      ended = true;
      trailers = behind;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(IOException reason) {
    lock.lock();
    try {
      failure = failure == null ? reason : failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void hash(ByteBuffer bytes) {
    if (hasher.size() + bytes.remaining() <= ChunkList.LARGEST) {
      hasher.update(bytes);
    }
  }

  /**
   * After the end: the hashes of what went through, unless it was too much. Called once, by the
   * pouring thread.
   */
  Optional<ChunkList> chunkList() {
    return hasher.size() == chunks.available() ? Optional.of(hasher.finish()) : Optional.empty();
  }

  /** After the end: the whole, where it was kept. */
  Optional<NewContent> kept(ChunkList list) {
    lock.lock();
    try {
      if (!ended) {
        return Optional.empty();
      }
      return switch (way) {
        case COLLECTED ->
            Optional.of(
                new NewContent.Collected(new MemoryRepresentation(list, chunks.pieces(list))));
        case DRAFTED -> spill.map(written -> written.content(list));
        case LET_GO -> Optional.empty();
      };
    } finally {
      lock.unlock();
    }
  }

  /** Follows the bytes from one position to another, or to the end. */
  private final class Reader implements Body {
    private final OptionalLong length;
    private final long end;
    private long at;

    Reader(long from, long end) {
      this.at = from;
      this.end = end;
      this.length = end == Long.MAX_VALUE ? size : OptionalLong.of(end - from);
      lock.lock();
      try {
        readers.add(this);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public Optional<ByteBuffer> next() throws IOException {
      Spill draft;
      lock.lock();
      try {
        await(patience, this::hasNews);
        if (at >= end || (ended && chunks.available() <= at)) {
          return Optional.empty();
        }
        if (chunks.available() <= at && failure != null) {
          throw new IOException(failure.getMessage(), failure);
        }
        if (at >= chunks.first()) {
          return Optional.of(passed(chunks.piece(at, end)));
        }
        draft = spill.orElseThrow();
      } finally {
        lock.unlock();
      }
      return Optional.of(passed(draft.piece(at, end)));
    }

    private ByteBuffer passed(ByteBuffer piece) {
      lock.lock();
      try {
        at += piece.remaining();
        changed.signalAll();
        return piece;
      } finally {
        lock.unlock();
      }
    }

    private boolean hasNews() {
      return chunks.available() > at || at >= end || ended || failure != null;
    }

    @Override
    public boolean isReady() {
      lock.lock();
      try {
        return hasNews();
      } finally {
        lock.unlock();
      }
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
      lock.lock();
      try {
        return end == Long.MAX_VALUE ? trailers : Headers.EMPTY;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        readers.remove(this);
        releaseWhereUnread();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
