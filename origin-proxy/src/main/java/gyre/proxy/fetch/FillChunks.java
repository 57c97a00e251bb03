package gyre.proxy.fetch;

import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of a {@link Fill}, in chunks, the first ones perhaps dropped. Guarded by the lock of
 * its {@link Basin}.
 */
final class FillChunks {
  private final List<byte[]> chunks = new ArrayList<>();
  private long dropped;
  private long available;

  /** How many bytes have arrived in all. */
  long available() {
    return available;
  }

  /** The first byte that is held. */
  long first() {
    return dropped;
  }

  boolean isWhole() {
    return dropped == 0;
  }

  /** The last chunk is full, or there is none. */
  boolean needsAnother() {
    return available % Limits.CHUNK == 0;
  }

  void add(int length) {
    chunks.add(new byte[length]);
  }

  /** Takes what the last chunk has room for; the number of bytes taken. */
  int append(ByteBuffer bytes) {
    int offset = (int) (available % Limits.CHUNK);
    byte[] chunk = chunks.getLast();
    int count = Math.min(bytes.remaining(), chunk.length - offset);
    bytes.get(chunk, offset, count);
    available += count;
    return count;
  }

  /** Drops whole chunks before a position, but never the last one; how many bytes. */
  long dropBefore(long position) {
    int passed = (int) Math.min((position - dropped) / Limits.CHUNK, chunks.size() - 1);
    if (passed <= 0) {
      return 0;
    }
    chunks.subList(0, passed).clear();
    dropped += (long) passed * Limits.CHUNK;
    return (long) passed * Limits.CHUNK;
  }

  /** What is there from a position on, at most to {@code end} and within one chunk. */
  ByteBuffer piece(long at, long end) {
    int index = (int) ((at - dropped) / Limits.CHUNK);
    int offset = (int) (at % Limits.CHUNK);
    byte[] chunk = chunks.get(index);
    long until = Math.min(Math.min(end, available), at - offset + chunk.length);
    return ByteBuffer.wrap(chunk, offset, (int) (until - at)).slice().asReadOnlyBuffer();
  }

  /** All of them, each cut to its length. */
  List<ByteBuffer> pieces(ChunkList list) {
    List<ByteBuffer> pieces = new ArrayList<>(list.count());
    for (byte[] chunk : chunks) {
      int length = list.length(pieces.size());
      pieces.add(ByteBuffer.wrap(chunk.length == length ? chunk : Arrays.copyOf(chunk, length)));
    }
    return pieces;
  }
}
