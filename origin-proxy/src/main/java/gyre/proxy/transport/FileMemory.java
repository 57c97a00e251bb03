package gyre.proxy.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import gyre.wire.Limits;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that is a file, too (memfd_create(2)), which no other process sees: a socket takes what is
 * kept there without a copy (sendfile(2)). In slots of one chunk; a slot is free again once nobody
 * holds a buffer of it. Pages are taken as they are written, and stay taken. Any thread.
 */
public final class FileMemory {
  private static final Logger log = LoggerFactory.getLogger(FileMemory.class);
  private static final Cleaner CLEANER =
      Cleaner.create(Thread.ofPlatform().daemon().name("gyre-slots", 0).factory());
  private static final int CLOSE_ON_EXEC = 1;

  /** A quarter of what the heap may become; empty where there is none to be had. */
  public static final Optional<FileMemory> OF_THIS_PROCESS =
      open(Runtime.getRuntime().maxMemory() / 4);

  private final FileChannel file;
  private final MemorySegment whole;
  private final int slots;
  private final Queue<Integer> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger used = new AtomicInteger();

  private FileMemory(FileChannel file, MemorySegment whole) {
    this.file = file;
    this.whole = whole;
    this.slots = (int) (whole.byteSize() / Limits.CHUNK);
  }

  /** Of so many bytes at most. */
  static Optional<FileMemory> open(long most) {
    try {
      FileChannel file =
          FileChannel.open(
              Path.of("/proc/self/fd/" + create()),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      long size = most / Limits.CHUNK * Limits.CHUNK;
      file.write(ByteBuffer.allocate(1), size - 1); // so that all of it can be mapped
      return Optional.of(
          new FileMemory(file, file.map(MapMode.READ_ONLY, 0, size, Arena.global())));
    } catch (IOException | RuntimeException e) {
      log.info("no memory that is a file: answers are copied to their sockets ({})", e.toString());
      return Optional.empty();
    }
  }

  /** Its descriptor, which stays open. */
  @SuppressWarnings("restricted") // the JDK has no other way to this call
  private static int create() throws IOException {
    Linker linker = Linker.nativeLinker();
    MethodHandle memfd =
        linker.downcallHandle(
            linker.defaultLookup().find("memfd_create").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int descriptor = (int) memfd.invokeExact(arena.allocateFrom("gyre-chunks"), CLOSE_ON_EXEC);
      if (descriptor < 0) {
        throw new IOException("memfd_create failed");
      }
      return descriptor;
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("memfd_create cannot be called", e);
    }
  }

  /** A copy of these bytes; empty where they are more than a chunk, or every slot is taken. */
  public Optional<ByteBuffer> keep(ByteBuffer bytes) {
    if (bytes.remaining() > Limits.CHUNK) {
      return Optional.empty();
    }
    Optional<Integer> slot = slot();
    if (slot.isEmpty()) {
      return Optional.empty();
    }
    long at = (long) slot.get() * Limits.CHUNK;
    try {
      write(bytes.duplicate(), at);
    } catch (IOException e) {
      free.add(slot.get());
      return Optional.empty();
    }
    MemorySegment kept = whole.asSlice(at, bytes.remaining());
    var _ = CLEANER.register(kept, () -> free.add(slot.get()));
    return Optional.of(kept.asByteBuffer());
  }

  private Optional<Integer> slot() {
    Integer again = free.poll();
    if (again != null) {
      return Optional.of(again);
    }
    int fresh = used.getAndUpdate(count -> Math.min(count + 1, slots));
    return fresh < slots ? Optional.of(fresh) : Optional.empty();
  }

  /** Not through the mapping: where there are no pages left, this is an error and no signal. */
  private void write(ByteBuffer bytes, long from) throws IOException {
    long at = from;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  /** Where in the file these bytes are, for a socket; empty where they are not in it. */
  public Optional<FileRegion> region(ByteBuffer piece) {
    if (!piece.isDirect()) {
      return Optional.empty();
    }
    long from = MemorySegment.ofBuffer(piece).address() - whole.address();
    boolean isHere = from >= 0 && from + piece.remaining() <= whole.byteSize();
    return isHere ? Optional.of(new Region(file, from, piece)) : Optional.empty();
  }

  /** Holds the piece, and with it the slot, until the socket has it all. */
  private static final class Region extends DefaultFileRegion {
    private final ByteBuffer held;

    Region(FileChannel file, long from, ByteBuffer piece) {
      super(file, from, piece.remaining());
      this.held = piece.duplicate();
    }

    /** The file stays open. */
    @Override
    protected void deallocate() {
      var _ = held.limit(0);
    }
  }
}
