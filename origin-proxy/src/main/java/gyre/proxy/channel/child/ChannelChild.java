package gyre.proxy.channel.child;

import gyre.proxy.channel.ChildCodec;
import gyre.proxy.channel.ChildOrder;
import gyre.proxy.channel.ChildSocket;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Main class of the channel child: connects to the Unix socket named by its one argument, obeys the
 * orders that come from it, and ends when it closes.
 *
 * <p>The main thread reads; an owner thread makes every call into webrtc-java; a writer thread
 * writes. The process ends by halt: libwebrtc's threads are no daemons and nothing here is worth
 * saving.
 */
public final class ChannelChild {
  private ChannelChild() {}

  public static void main(String[] arguments) {
    int status = 1;
    try {
      run(Path.of(arguments[0]));
      status = 0;
    } catch (IOException | RuntimeException e) {
      System.err.println("gyre channel: " + e);
    } finally {
      Runtime.getRuntime().halt(status);
    }
  }

  private static void run(Path path) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      try (ChildSocket socket = new ChildSocket(channel, "channel")) {
        socket.start();
        obey(socket);
      }
    }
  }

  private static void obey(ChildSocket socket) throws IOException {
    Optional<ByteBuffer> first = socket.read();
    if (first.isEmpty()) {
      return;
    }
    if (!(ChildCodec.decodeOrder(first.get()) instanceof ChildOrder.Configure configure)) {
      throw new ProtocolException("the first order must be configure");
    }
    Owner owner = new Owner(configure, socket);
    owner.start();
    Optional<ByteBuffer> frame = socket.read();
    while (frame.isPresent()) {
      owner.order(ChildCodec.decodeOrder(frame.get()));
      frame = socket.read();
    }
  }
}
