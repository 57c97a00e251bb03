package gyre.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The event loops, one per core, and the channels that fit them: native epoll, or NIO without. */
public final class Transport implements AutoCloseable {
  private final boolean isNative;
  private final int threads;
  private final BufferMemory buffers;
  private final EventLoopGroup group;
  private final ExecutorService resolver =
      Executors.newFixedThreadPool(
          2, Thread.ofPlatform().daemon().name("gyre-resolver-", 0).factory());

  private Transport(boolean isNative, int threads, BufferMemory buffers) {
    this.isNative = isNative;
    this.buffers = buffers;
    this.threads = threads;
    IoHandlerFactory io = isNative ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("gyre-net"), io);
  }

  public static Transport start() {
    return start(BufferMemory.ofNetty());
  }

  /** Whose buffers are told to take so much. */
  public static Transport start(BufferMemory buffers) {
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      // Sampling costs a stack trace for one buffer in 128; tests ask for it.
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
    return new Transport(Epoll.isAvailable(), Runtime.getRuntime().availableProcessors(), buffers);
  }

  /** NIO also where epoll is available; for tests. */
  static Transport startNio() {
    return new Transport(false, 1, BufferMemory.ofNetty());
  }

  public BufferMemory buffers() {
    return buffers;
  }

  public EventLoopGroup group() {
    return group;
  }

  /** The one that calls; an IllegalStateException where it is another thread. */
  public EventLoop currentLoop() {
    for (EventExecutor loop : group) {
      if (loop.inEventLoop()) {
        return (EventLoop) loop;
      }
    }
    throw new IllegalStateException("not on an event loop: " + Thread.currentThread());
  }

  public Class<? extends ServerChannel> serverChannel() {
    return isNative ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  public Class<? extends Channel> tcpChannel() {
    return isNative ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  public Class<? extends DatagramChannel> udpChannel() {
    return isNative ? EpollDatagramChannel.class : NioDatagramChannel.class;
  }

  /** On how many sockets datagrams to one address are read: each event loop's own, or one. */
  public int udpSockets() {
    return isNative ? threads : 1;
  }

  public Class<? extends Channel> unixChannel() {
    return isNative ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
  }

  public SocketAddress unixAddress(Path socket) {
    return isNative ? new DomainSocketAddress(socket.toFile()) : UnixDomainSocketAddress.of(socket);
  }

  /** On a thread of its own: the system's resolver is a native call that may block long. */
  public CompletableFuture<InetAddress> resolve(String host) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return InetAddress.getByName(host);
          } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
          }
        },
        resolver);
  }

  @Override
  public void close() {
    resolver.shutdown();
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
