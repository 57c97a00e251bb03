package gyre.proxy.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.wire.Limits;
import io.netty.channel.FileRegion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FileMemoryTest {
  private static final long SEED = 20261121;

  private static FileMemory of(int slots) {
    return FileMemory.open((long) slots * Limits.CHUNK).orElseThrow();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  private static byte[] sent(FileRegion region) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (region.transferred() < region.count()) {
      region.transferTo(Channels.newChannel(out), region.transferred());
    }
    region.release();
    return out.toByteArray();
  }

  private static byte[] read(ByteBuffer piece) {
    byte[] bytes = new byte[piece.remaining()];
    piece.duplicate().get(bytes);
    return bytes;
  }

  @Test
  void whatIsKeptIsReadFromMemoryAndFromTheFile() throws IOException {
    FileMemory memory = of(4);
    byte[] first = random(Limits.CHUNK);
    byte[] second = random(1_000);
    ByteBuffer one = memory.keep(ByteBuffer.wrap(first)).orElseThrow();
    ByteBuffer two = memory.keep(ByteBuffer.wrap(second)).orElseThrow();

    assertArrayEquals(first, read(one));
    assertArrayEquals(second, read(two));
    assertArrayEquals(first, sent(memory.region(one.asReadOnlyBuffer()).orElseThrow()));
    assertArrayEquals(second, sent(memory.region(two).orElseThrow()));
  }

  @Test
  void aPartIsSentAsThatPart() throws IOException {
    byte[] bytes = random(10_000);
    FileMemory memory = of(1);
    ByteBuffer kept = memory.keep(ByteBuffer.wrap(bytes)).orElseThrow().asReadOnlyBuffer();
    FileRegion region = memory.region(kept.slice(123, 4_000)).orElseThrow();
    assertEquals(ByteBuffer.wrap(bytes, 123, 4_000), ByteBuffer.wrap(sent(region)));
  }

  @Test
  void whatIsElsewhereHasNoRegion() {
    FileMemory memory = of(1);
    assertTrue(memory.region(ByteBuffer.allocate(10)).isEmpty());
    assertTrue(memory.region(ByteBuffer.allocateDirect(10)).isEmpty());
    ByteBuffer anothers = of(1).keep(ByteBuffer.allocate(10)).orElseThrow();
    assertTrue(memory.region(anothers).isEmpty());
  }

  @Test
  void whatIsLargerThanAChunkIsNotKept() {
    assertTrue(of(4).keep(ByteBuffer.allocate(Limits.CHUNK + 1)).isEmpty());
  }

  @Test
  void aSlotIsTakenAgainOnlyOnceNobodyHoldsAPartOfIt() throws IOException {
    FileMemory memory = of(1);
    byte[] bytes = random(Limits.CHUNK);
    ByteBuffer part =
        memory.keep(ByteBuffer.wrap(bytes)).orElseThrow().asReadOnlyBuffer().slice(7, 100);
    staysTaken(memory);
    Queue<FileRegion> waiting = new ArrayDeque<>(List.of(memory.region(part).orElseThrow()));
    part = ByteBuffer.allocate(0);
    staysTaken(memory);
    assertEquals(ByteBuffer.wrap(bytes, 7, 100), ByteBuffer.wrap(sent(waiting.remove())));
    assertEquals(0, part.remaining());

    Optional<ByteBuffer> again = Optional.empty();
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (again.isEmpty() && System.nanoTime() < end) {
      System.gc();
      again = memory.keep(ByteBuffer.wrap(bytes));
    }
    assertArrayEquals(bytes, read(again.orElseThrow()));
  }

  private static void staysTaken(FileMemory memory) {
    for (int i = 0; i < 5; i++) {
      System.gc();
      assertTrue(memory.keep(ByteBuffer.allocate(10)).isEmpty());
    }
  }
}
