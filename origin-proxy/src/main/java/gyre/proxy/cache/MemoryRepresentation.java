package gyre.proxy.cache;

import gyre.wire.manifest.ChunkList;
import java.nio.ByteBuffer;
import java.util.List;

/** A representation in memory. */
public record MemoryRepresentation(ChunkList chunks, List<ByteBuffer> pieces)
    implements Representation {
  public MemoryRepresentation {
    pieces = List.copyOf(pieces);
    if (pieces.size() != chunks.count()) {
      throw new IllegalArgumentException(
          pieces.size() + " pieces for " + chunks.count() + " chunks");
    }
  }

  @Override
  public ByteBuffer chunk(int index) {
    return pieces.get(index).asReadOnlyBuffer();
  }
}
