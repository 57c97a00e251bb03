package gyre.load.benchmark;

import gyre.load.process.ProcessTree;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What connections cost a server that were used once and are kept alive without a request. */
final class IdleConnections {
  private IdleConnections() {}

  /** Bytes of memory for all connections together, in all processes of the server. */
  record Cost(OptionalLong heap, long resident) {}

  /** Opens them, measures, closes them; each asks for {@code target} once. */
  static Cost measure(URI target, int connections, ProcessTree server, boolean isJvm)
      throws IOException {
    List<SocketChannel> open = new ArrayList<>(connections);
    try {
      Cost before = inUse(server, isJvm);
      for (int i = 0; i < connections; i++) {
        open.add(used(target));
      }
      Cost after = inUse(server, isJvm);
      return new Cost(
          isJvm
              ? OptionalLong.of(after.heap().orElseThrow() - before.heap().orElseThrow())
              : OptionalLong.empty(),
          after.resident() - before.resident());
    } finally {
      open.forEach(IdleConnections::close);
    }
  }

  private static Cost inUse(ProcessTree server, boolean isJvm) {
    OptionalLong heap =
        isJvm ? OptionalLong.of(JavaHeap.liveBytes(server.root().pid())) : OptionalLong.empty();
    return new Cost(heap, server.residentBytes());
  }

  private static SocketChannel used(URI target) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(target.getHost(), target.getPort()));
    String request =
        "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(target.getPath(), target.getAuthority());
    channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    ByteBuffer answer = ByteBuffer.allocate(8 << 10);
    while (!isWhole(answer)) {
      if (channel.read(answer) < 0) {
        throw new StartFailure(target + " closed a connection instead of keeping it alive");
      }
    }
    return channel;
  }

  /** A head and 1 KiB after it. */
  private static boolean isWhole(ByteBuffer answer) {
    String text = StandardCharsets.ISO_8859_1.decode(answer.duplicate().flip()).toString();
    int head = text.indexOf("\r\n\r\n");
    return head > 0 && answer.position() >= head + 4 + 1024;
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
