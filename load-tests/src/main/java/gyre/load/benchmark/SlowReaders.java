package gyre.load.benchmark;

import gyre.load.process.ProcessTree;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Clients that take their answer at 1 KiB a second, every other one of them not at all once it has
 * begun; and what they cost a server. Their receive buffers are as small as the kernel allows, so
 * that what they do not take stays with the server.
 */
final class SlowReaders implements AutoCloseable {
  private static final int RECEIVED = 4 << 10;
  private static final int A_SECOND = 1 << 10;
  private static final Duration BEGINNING = Duration.ofSeconds(60);
  private static final int PAGE = 4_096;

  /**
   * Bytes of memory for all of them together, in all processes of the server and in the kernel's
   * sockets of both sides; and how many of them were answered with something else.
   */
  record Cost(OptionalLong heap, long resident, long sockets, int refused) {}

  private record Use(OptionalLong heap, long resident, long sockets) {
    static Use of(ProcessTree server, boolean isJvm) throws IOException {
      OptionalLong heap =
          isJvm ? OptionalLong.of(JavaHeap.liveBytes(server.root().pid())) : OptionalLong.empty();
      return new Use(heap, server.residentBytes(), inSockets());
    }

    /** Of the whole machine. */
    private static long inSockets() throws IOException {
      try (var lines = Files.lines(Path.of("/proc/net/sockstat"))) {
        return lines
            .filter(line -> line.startsWith("TCP:"))
            .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)) * PAGE)
            .sum();
      }
    }
  }

  private final List<SocketChannel> open = new ArrayList<>();
  private final List<SocketChannel> reading = new ArrayList<>();
  private final ScheduledExecutorService reader =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("slow-readers").factory());
  private int refused;

  private SlowReaders() {}

  /** A task while they are there. */
  interface Meanwhile {
    void run() throws IOException;
  }

  /** Opens them, measures, does something else while they read, and closes them. */
  static Cost measure(
      URI target, int readers, ProcessTree server, boolean isJvm, Meanwhile meanwhile)
      throws IOException {
    Use before = Use.of(server, isJvm);
    try (SlowReaders slow = new SlowReaders()) {
      slow.begin(target, readers);
      Use after = Use.of(server, isJvm);
      meanwhile.run();
      OptionalLong heap =
          isJvm
              ? OptionalLong.of(after.heap().orElseThrow() - before.heap().orElseThrow())
              : OptionalLong.empty();
      return new Cost(
          heap,
          after.resident() - before.resident(),
          after.sockets() - before.sockets(),
          slow.refused);
    }
  }

  private void begin(URI target, int readers) throws IOException {
    InetSocketAddress address = new InetSocketAddress(target.getHost(), target.getPort());
    byte[] request =
        "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
            .formatted(target.getPath(), target.getAuthority())
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < readers; i++) {
      SocketChannel channel = SocketChannel.open();
      open.add(channel);
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVED);
      channel.connect(address);
      channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
    }
    awaitBeginning();
    for (int i = 0; i < open.size(); i += 2) {
      reading.add(open.get(i));
    }
    var _ = reader.scheduleAtFixedRate(this::read, 1, 1, TimeUnit.SECONDS);
  }

  /** Until the status line of every answer is there. */
  private void awaitBeginning() throws IOException {
    List<SocketChannel> waiting = new ArrayList<>(open);
    ByteBuffer begun = ByteBuffer.allocate(12);
    long end = System.nanoTime() + BEGINNING.toNanos();
    while (!waiting.isEmpty()) {
      for (var each = waiting.iterator(); each.hasNext(); ) {
        int count = each.next().read(begun.clear());
        if (count != 0) {
          String line = StandardCharsets.US_ASCII.decode(begun.flip()).toString();
          refused += line.endsWith(" 200") ? 0 : 1;
          each.remove();
        }
      }
      if (System.nanoTime() > end) {
        throw new StartFailure(
            waiting.size() + " of " + open.size() + " answers have not begun after a minute");
      }
    }
  }

  private void read() {
    ByteBuffer some = ByteBuffer.allocate(A_SECOND);
    for (var each = reading.iterator(); each.hasNext(); ) {
      try {
        if (each.next().read(some.clear()) < 0) {
          each.remove();
        }
      } catch (IOException e) {
        each.remove(); // it was cut off
      }
    }
  }

  @Override
  public void close() {
    reader.close();
    for (SocketChannel channel : open) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
