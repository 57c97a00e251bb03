package gyre.proxy.fetch;

import gyre.proxy.cache.NewContent;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Body;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.LoggerFactory;

/**
 * A representation while it arrives: one thread pours bytes in, any number of readers follow, also
 * those that come later.
 *
 * <p>All of it is kept, for the store: in memory as long as its {@link FillRoom} allows, beyond
 * that in a draft of the store, from which a reader who is far behind is served. What the store
 * takes no longer becomes a window: what every reader has read is dropped, nobody can join any
 * more, and the pouring thread waits for the slowest reader.
 *
 * <p>Trailers reach those who read while it arrives; the store drops them (RFC 9111, 3.1).
 */
final class Fill implements StoredAnswer.Content {
  private static final RationedLog log = new RationedLog(LoggerFactory.getLogger(Fill.class));
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FillRoom room;
  private final Duration patience;
  private final Basin basin;
  private final ChunkHasher hasher = new ChunkHasher();

  Fill(OptionalLong size, FillRoom room) {
    this(size, room, PATIENCE);
  }

  /** {@code patience}: how long a reader waits for the next piece. */
  Fill(OptionalLong size, FillRoom room, Duration patience) {
    this.room = room;
    this.patience = patience;
    this.basin = new Basin(size, room);
  }

  @Override
  public OptionalLong size() {
    return basin.size();
  }

  @Override
  public Body whole() {
    return reader(0, FillReader.TO_THE_END);
  }

  @Override
  public Body bytes(long from, long length) {
    return reader(from, from + length);
  }

  private FillReader reader(long from, long end) {
    return FillReader.enter(basin, from, end, patience);
  }

  /** Held at the first byte: while it is open, nothing is dropped that was still there. */
  final class Place implements AutoCloseable {
    private final FillReader holder = reader(0, 0);

    private Place() {}

    /** Whether a reader who comes now finds everything. */
    boolean isAtTheStart() {
      return basin.isAllThere();
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
    return basin.hasEnded();
  }

  /** Whether this part does not have to be waited for until all that is before it has come. */
  boolean isSoonThere(PartAsked part) {
    return !isLarge()
        || part.isAtTheStart()
        || (part.from().isPresent() && part.from().getAsLong() <= basin.available());
  }

  /** Too large to be collected. */
  boolean isLarge() {
    return size().orElse(0) > room.collected();
  }

  /**
   * Takes everything of the body; an IOException where it, or the last reader of a window, fails.
   * However it ends, readers are told. What follows is the pouring thread's, too.
   */
  void pour(Body body) throws IOException {
    try (body) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        pour(piece.get());
      }
      long arrived = basin.available();
      if (arrived != size().orElse(arrived)) {
        throw new IOException("it ended after " + arrived + " of " + size().getAsLong() + " bytes");
      }
      handOver();
      basin.end(body.trailers());
    } catch (IOException e) {
      basin.fail(e);
      throw e;
    } finally {
      if (!isComplete()) {
        basin.fail(new IOException("it broke off"));
      }
    }
  }

  private void pour(ByteBuffer bytes) throws IOException {
    hash(bytes.duplicate());
    while (bytes.hasRemaining()) {
      if (basin.isFull()) {
        handOver();
        basin.makeRoom();
      }
      basin.take(bytes);
    }
  }

  private void hash(ByteBuffer bytes) {
    if (hasher.size() + bytes.remaining() <= ChunkList.LARGEST) {
      hasher.update(bytes);
    }
  }

  /** Gives the store what is complete; waits for the disk, and gives up one that is too slow. */
  private void handOver() throws IOException {
    Optional<Spill> draft = basin.draft();
    if (draft.isPresent()) {
      long arrived = basin.available();
      try {
        handOver(draft.get(), arrived);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        log.warn("{} bytes of what arrives are not kept: {}", arrived, e.getMessage());
        basin.letGo();
      }
    }
  }

  private void handOver(Spill draft, long arrived) throws IOException {
    for (long at = (long) draft.handed() * Limits.CHUNK; at < arrived; at += Limits.CHUNK) {
      draft.add(basin.chunk(at), basin::isReaderWaiting);
    }
  }

  /** After the end: the hashes of what went through, unless it was too much. Once. */
  Optional<ChunkList> chunkList() {
    return hasher.size() == basin.available() ? Optional.of(hasher.finish()) : Optional.empty();
  }

  /** After the end: the whole, where it was kept. */
  Optional<NewContent> kept(ChunkList list) {
    return basin.kept(list);
  }

  /** It is done with: what nobody reads any more counts no longer. */
  void settle() {
    basin.settle();
  }
}
