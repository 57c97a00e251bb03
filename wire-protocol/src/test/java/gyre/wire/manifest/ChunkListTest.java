package gyre.wire.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Bytes;
import gyre.wire.Limits;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class ChunkListTest {

  @Property(tries = 60)
  void piecesOfAnyLengthHashToTheSameList(
      @ForAll @IntRange(max = 300_000) int size,
      @ForAll @IntRange(min = 1, max = 100_000) int piece,
      @ForAll long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    ChunkHasher whole = new ChunkHasher();
    whole.update(ByteBuffer.wrap(bytes));
    ChunkHasher pieces = new ChunkHasher();
    for (int at = 0; at < size; at += piece) {
      pieces.update(ByteBuffer.wrap(bytes, at, Math.min(piece, size - at)));
    }
    ChunkList list = whole.finish();
    assertEquals(list, pieces.finish());
    for (int chunk = 0; chunk < list.count(); chunk++) {
      int from = chunk * Limits.CHUNK;
      assertTrue(list.matches(chunk, ByteBuffer.wrap(bytes, from, list.length(chunk))));
    }
  }

  @Test
  void anEmptyRepresentationHasNoChunk() {
    ChunkList empty = new ChunkHasher().finish();
    assertEquals(0, empty.count());
    assertEquals(new ChunkList(0, Bytes.EMPTY), empty);
  }

  @Test
  void aChunkWithOneByteAlteredOrMissingDoesNotMatch() {
    ByteBuffer bytes = ByteBuffer.allocate(Limits.CHUNK + 10);
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(bytes.duplicate());
    ChunkList list = hasher.finish();
    assertTrue(list.matches(1, bytes.slice(0, 10)));
    assertFalse(list.matches(1, bytes.slice(0, 9)));
    assertFalse(list.matches(0, bytes.slice(0, 10)));
    assertFalse(list.matches(2, bytes.slice(0, 10)));
    assertFalse(list.matches(1, ByteBuffer.allocate(10).put(9, (byte) 1)));
  }

  @Test
  void theDigestCommitsToTheSize() {
    Bytes hashes = Bytes.owning(new byte[32]);
    assertFalse(new ChunkList(1, hashes).digest().equals(new ChunkList(2, hashes).digest()));
  }

  @Test
  void aListMustHaveAHashPerChunk() {
    assertThrows(
        IllegalArgumentException.class, () -> new ChunkList(1, Bytes.owning(new byte[64])));
    assertThrows(
        IllegalArgumentException.class, () -> new ChunkList(ChunkList.LARGEST + 1, Bytes.EMPTY));
  }
}
