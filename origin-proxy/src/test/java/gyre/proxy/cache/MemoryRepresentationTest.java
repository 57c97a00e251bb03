package gyre.proxy.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.wire.Limits;
import gyre.wire.manifest.ChunkHasher;
import gyre.wire.manifest.ChunkList;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryRepresentationTest {
  private static final int LAST = 100;

  private final byte[] first = bytes(Limits.CHUNK);
  private final byte[] last = bytes(LAST);

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private MemoryRepresentation representation(OutsideHeap outside) {
    return new MemoryRepresentation(
        chunks(), List.of(ByteBuffer.wrap(first), ByteBuffer.wrap(last)), outside);
  }

  private ChunkList chunks() {
    ChunkHasher hasher = new ChunkHasher();
    hasher.update(ByteBuffer.wrap(first));
    hasher.update(ByteBuffer.wrap(last));
    return hasher.finish();
  }

  private static ByteBuffer readOften(MemoryRepresentation content, int chunk) {
    for (int i = 0; i < MemoryRepresentation.OFTEN; i++) {
      content.chunk(chunk);
    }
    return content.chunk(chunk);
  }

  @Test
  void aChunkThatIsReadOftenMovesOutOfTheHeapUnchanged() {
    MemoryRepresentation content =
        representation(new OutsideHeap(Limits.CHUNK, () -> 0, _ -> Optional.empty()));
    assertEquals(false, content.chunk(0).isDirect());
    ByteBuffer chunk = readOften(content, 0);
    assertEquals(true, chunk.isDirect());
    assertEquals(ByteBuffer.wrap(first), chunk);
  }

  @Test
  void aSmallChunkStays() {
    MemoryRepresentation content =
        representation(new OutsideHeap(1 << 20, () -> 0, _ -> Optional.empty()));
    ByteBuffer chunk = readOften(content, 1);
    assertEquals(false, chunk.isDirect());
    assertEquals(ByteBuffer.wrap(last), chunk);
  }

  @Test
  void aChunkStaysWhereThereIsTooLittleMemoryOutside() {
    MemoryRepresentation content =
        representation(new OutsideHeap(Limits.CHUNK, () -> 1, _ -> Optional.empty()));
    assertEquals(false, readOften(content, 0).isDirect());
  }

  @Test
  void aReaderCannotChangeWhatOthersRead() {
    MemoryRepresentation content =
        representation(new OutsideHeap(1 << 20, () -> 0, _ -> Optional.empty()));
    assertThrows(
        java.nio.ReadOnlyBufferException.class, () -> readOften(content, 0).put(0, (byte) 1));
    content.chunk(0).position(7);
    assertEquals(Limits.CHUNK, content.chunk(0).remaining());
  }
}
