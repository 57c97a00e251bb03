package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.cache.ContentName;
import gyre.proxy.cache.Draft;
import gyre.wire.Limits;
import gyre.wire.manifest.ChunkList;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** On a clock that only the disk moves. */
class SpillTest {
  private static final ByteBuffer CHUNK = ByteBuffer.allocate(Limits.CHUNK);

  private final SlowDisk disk = new SlowDisk();
  private final Spill spill = new Spill(disk, () -> disk.now);

  @Test
  void aDiskThatIsFasterThanTheLeastIsWaitedFor() throws IOException {
    disk.each = Duration.ofNanos(1_000_000_000L * Limits.CHUNK / Spill.LEAST);
    for (int i = 0; i < 10_000; i++) {
      spill.add(CHUNK, () -> true);
    }
    assertEquals(10_000, spill.handed());
  }

  @Test
  void aSlowDiskIsGivenUpWhileAReaderWaits() {
    disk.each = Duration.ofMillis(40);
    assertThrows(
        IOException.class,
        () -> {
          while (true) {
            spill.add(CHUNK, () -> true);
          }
        });
    assertTrue(disk.now <= Spill.GRACE.multipliedBy(2).toNanos(), "after " + disk.now);
  }

  @Test
  void aSlowDiskIsWaitedForWhereNobodyElseWaits() throws IOException {
    disk.each = Duration.ofSeconds(5);
    for (int i = 0; i < 100; i++) {
      spill.add(CHUNK, () -> false);
    }
    assertEquals(100, spill.handed());
  }

  @Test
  void aDiskThatTakesNothingIsGivenUp() throws IOException {
    disk.each = Duration.ofHours(1);
    spill.add(CHUNK, () -> false);
    assertThrows(IOException.class, () -> spill.add(CHUNK, () -> false));
    assertTrue(disk.now <= Spill.STALL.multipliedBy(2).toNanos(), "after " + disk.now);
  }

  /** Takes a chunk each so often. */
  private static final class SlowDisk implements Draft {
    private Duration each = Duration.ZERO;
    private long now;
    private long free;
    private int taken;

    @Override
    public boolean append(ByteBuffer chunk, Duration atMost) {
      long waited = Math.min(Math.max(0, free - now), atMost.toNanos());
      now += waited;
      if (now < free) {
        return false;
      }
      free = now + each.toNanos();
      taken++;
      return true;
    }

    @Override
    public int written() {
      return taken;
    }

    @Override
    public ByteBuffer chunk(int index) {
      return CHUNK.duplicate();
    }

    @Override
    public void keep(ContentName name, ChunkList chunks) {}

    @Override
    public void close() {}
  }
}
