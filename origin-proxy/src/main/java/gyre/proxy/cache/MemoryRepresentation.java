package gyre.proxy.cache;

import gyre.wire.manifest.ChunkList;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A representation in memory. A chunk that is read often moves out of the heap, where a socket
 * takes it without one more copy.
 */
public final class MemoryRepresentation implements Representation {
  /** So many readings are worth the move. */
  static final int OFTEN = 8;

  /** What is smaller is copied into one buffer with its head. */
  static final int WORTH_IT = 16 << 10;

  private final ChunkList chunks;
  private final AtomicReferenceArray<ByteBuffer> pieces;
  private final AtomicIntegerArray readings;
  private final OutsideHeap outside;

  public MemoryRepresentation(ChunkList chunks, List<ByteBuffer> pieces) {
    this(chunks, pieces, OutsideHeap.OF_THIS_PROCESS);
  }

  MemoryRepresentation(ChunkList chunks, List<ByteBuffer> pieces, OutsideHeap outside) {
    if (pieces.size() != chunks.count()) {
      throw new IllegalArgumentException(
          pieces.size() + " pieces for " + chunks.count() + " chunks");
    }
    this.chunks = chunks;
    this.pieces = new AtomicReferenceArray<>(pieces.toArray(ByteBuffer[]::new));
    this.readings = new AtomicIntegerArray(pieces.size());
    this.outside = outside;
  }

  @Override
  public ChunkList chunks() {
    return chunks;
  }

  @Override
  public ByteBuffer chunk(int index) {
    ByteBuffer piece = pieces.get(index);
    if (readings.getPlain(index) < OFTEN && readings.incrementAndGet(index) == OFTEN) {
      piece = moved(index, piece);
    }
    return piece.asReadOnlyBuffer();
  }

  private ByteBuffer moved(int index, ByteBuffer piece) {
    if (piece.isDirect() || piece.remaining() < WORTH_IT) {
      return piece;
    }
    ByteBuffer kept = outside.copy(piece).orElse(piece);
    pieces.set(index, kept);
    return kept;
  }
}
