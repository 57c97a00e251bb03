package gyre.proxy.cache;

import gyre.proxy.transport.FileMemory;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Memory outside the heap, of which never so much is used that somebody else finds none: what is
 * dropped comes back with a garbage collection only. Any thread.
 */
final class OutsideHeap {
  static final OutsideHeap OF_THIS_PROCESS =
      new OutsideHeap(
          Runtime.getRuntime().maxMemory() / 2,
          OutsideHeap::usedByThisProcess,
          bytes -> FileMemory.OF_THIS_PROCESS.flatMap(memory -> memory.keep(bytes)));

  private static final BufferPoolMXBean DIRECT =
      ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
          .filter(pool -> pool.getName().equals("direct"))
          .findFirst()
          .orElseThrow();

  private final long most;
  private final LongSupplier used;
  private final Function<ByteBuffer, Optional<ByteBuffer>> inFile;

  /** {@code most} bytes may be in use in all, by whomever; {@code inFile} comes first. */
  OutsideHeap(long most, LongSupplier used, Function<ByteBuffer, Optional<ByteBuffer>> inFile) {
    this.most = most;
    this.used = used;
    this.inFile = inFile;
  }

  private static long usedByThisProcess() {
    return DIRECT.getMemoryUsed();
  }

  /** Empty where that would be too much. */
  Optional<ByteBuffer> copy(ByteBuffer bytes) {
    return inFile.apply(bytes).or(() -> direct(bytes));
  }

  private Optional<ByteBuffer> direct(ByteBuffer bytes) {
    if (used.getAsLong() + bytes.remaining() > most) {
      return Optional.empty();
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(bytes.remaining());
    return Optional.of(copy.put(bytes.duplicate()).flip());
  }
}
