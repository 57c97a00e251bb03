package gyre.proxy.fetch;

import gyre.proxy.cache.MemoryRepresentation;
import gyre.proxy.cache.NewContent;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a {@link Fill} keeps its bytes: collected in memory as long as the {@link FillRoom} allows,
 * drafted beyond that, where memory holds the end alone, and let go where neither takes them. What
 * is in memory counts against the budget of all fills. Guarded by the lock of its {@link Basin}.
 */
final class Keeping {
  /** What of a draft stays in memory, for those who follow closely. */
  private static final int TAIL = 1 << 19;

  /** What becomes of the bytes. */
  private enum Way {
    COLLECTED,
    DRAFTED,
    LET_GO
  }

  private final OptionalLong size;
  private final FillRoom room;
  private final FillChunks chunks = new FillChunks();
  private Way way = Way.COLLECTED;
  private Optional<Spill> spill = Optional.empty();
  private long counted;

  Keeping(OptionalLong size, FillRoom room) {
    this.size = size;
    this.room = room;
  }

  /** Whether the next byte needs another chunk. */
  boolean isFull() {
    return chunks.needsAnother();
  }

  /** Room for one more chunk. Where it is not to be collected, the ways part. */
  void makeRoom() {
    long left = size.orElse(Long.MAX_VALUE) - chunks.available();
    int length = (int) Math.min(Limits.CHUNK, left);
    if (way == Way.COLLECTED && !isCollected(length)) {
      spill = room.drafts().begin(size).map(draft -> new Spill(draft, System::nanoTime));
      way = spill.isPresent() ? Way.DRAFTED : Way.LET_GO;
    }
    chunks.add(length);
  }

  private boolean isCollected(int more) {
    boolean fits = size.orElse(chunks.available() + more) <= room.collected();
    boolean isWithin = fits && room.budget().take(more);
    counted += isWithin ? more : 0;
    return isWithin;
  }

  /** Takes what there is room for. An IOException where there are more bytes than announced. */
  void append(ByteBuffer bytes) throws IOException {
    if (chunks.append(bytes) == 0) {
      throw new IOException("more bytes than " + size.orElse(chunks.available()));
    }
  }

  /** Drops what the draft has, but for the last of it. */
  void shed() {
    if (way == Way.DRAFTED) {
      long written = spill.map(Spill::written).orElse(0L);
      dropBefore(Math.min(written, chunks.available() - TAIL));
    }
  }

  /** Drops whole chunks that are not needed in memory any more. */
  void dropBefore(long position) {
    giveBack(chunks.dropBefore(position));
  }

  /** Where the chunks are to be written, as long as they are. */
  Optional<Spill> draft() {
    return way == Way.DRAFTED ? spill : Optional.empty();
  }

  /** The draft takes no more; what it has is read from it all the same. */
  void letGo() {
    way = Way.LET_GO;
  }

  boolean isLetGo() {
    return way == Way.LET_GO;
  }

  /** How many bytes have arrived in all. */
  long available() {
    return chunks.available();
  }

  /** Whether nothing was dropped from memory. */
  boolean isWholeInMemory() {
    return chunks.isWhole();
  }

  /** Whether this byte is still in memory; otherwise it is in what was {@linkplain #spilled}. */
  boolean isInMemory(long at) {
    return at >= chunks.first();
  }

  /** What is in memory from a position on, at most to {@code end} and within one chunk. */
  ByteBuffer piece(long at, long end) {
    return chunks.piece(at, end);
  }

  Spill spilled() {
    return spill.orElseThrow();
  }

  /** The whole, once it has arrived, where it was kept. */
  Optional<NewContent> content(ChunkList list) {
    return switch (way) {
      case COLLECTED ->
          Optional.of(
              new NewContent.Collected(new MemoryRepresentation(list, chunks.pieces(list))));
      case DRAFTED -> spill.map(written -> written.content(list));
      case LET_GO -> Optional.empty();
    };
  }

  /** It counts no longer, and is not read from the draft any more. */
  void release() {
    giveBack(counted);
    spill.ifPresent(Spill::close);
  }

  private void giveBack(long bytes) {
    long ours = Math.min(bytes, counted);
    room.budget().giveBack(ours);
    counted -= ours;
  }
}
