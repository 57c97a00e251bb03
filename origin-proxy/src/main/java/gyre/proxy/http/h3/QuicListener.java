package gyre.proxy.http.h3;

import gyre.operations.start.StartFailure;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The UDP sockets at which HTTP/3 is served: one for each event loop where the system shares an
 * address among them. Packets of a connection reach its own event loop whichever socket they come
 * to.
 */
public final class QuicListener implements AutoCloseable {
  /** Larger than any datagram of a path with Ethernet's frames. */
  private static final int LARGEST_DATAGRAM = 2_048;

  /** Datagrams that one system call reads. */
  private static final int BATCH = 16;

  /** As much as the system admits: a burst that comes while a loop is busy is not lost. */
  private static final int SOCKET_BUFFER = 2 << 20;

  private final List<Channel> sockets = new ArrayList<>();

  private QuicListener() {}

  /** A StartFailure names the address that cannot be had. */
  public static QuicListener open(Front front, InetSocketAddress address, Newcomers newcomers) {
    QuicListener listener = new QuicListener();
    Transport transport = front.transport();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(transport.group())
            .channel(transport.udpChannel())
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
            .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER)
            .handler(new Dispatcher(front, newcomers));
    if (transport.udpSockets() > 1) {
      bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    if (transport.udpChannel().getName().contains("Epoll")) {
      bootstrap
          .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LARGEST_DATAGRAM)
          .option(
              ChannelOption.RECVBUF_ALLOCATOR,
              new FixedRecvByteBufAllocator(BATCH * LARGEST_DATAGRAM));
    } else {
      bootstrap.option(
          ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST_DATAGRAM));
    }
    for (int i = 0; i < transport.udpSockets(); i++) {
      listener.bind(bootstrap, address);
    }
    return listener;
  }

  private void bind(Bootstrap bootstrap, InetSocketAddress address) {
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      throw new StartFailure(
          "cannot listen for HTTP/3 at udp "
              + address.getHostString()
              + ":"
              + address.getPort()
              + " ("
              + bound.cause().getMessage()
              + "); free the port, change tls.listen, or tls.http3: false",
          bound.cause());
    }
    sockets.add(bound.channel());
  }

  /** With every connection that is still open. */
  @Override
  public void close() {
    sockets.forEach(socket -> socket.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
  }
}
