package gyre.proxy.http;

import gyre.operations.config.HostPort;
import gyre.operations.start.StartFailure;
import gyre.proxy.admission.OpenConnections;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontConnection;
import gyre.proxy.http.exchange.HttpDate;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.http.h3.Newcomers;
import gyre.proxy.http.h3.QuicListener;
import gyre.proxy.http.tls.HandshakeTally;
import gyre.proxy.http.tls.SniChoice;
import gyre.proxy.http.tls.TlsCertificates;
import gyre.proxy.log.RationedLog;
import gyre.proxy.sender.TrustedProxies.Arrival;
import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.PendingSize;
import gyre.proxy.transport.Transport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.Mapping;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.LoggerFactory;

/**
 * The public listeners. {@link #close} stops accepting, lets running requests end within the drain
 * deadline, then closes what is left.
 */
public final class HttpFront implements AutoCloseable {
  /** So that a hundred KiB leave in one system call. A reader that is slow holds no more. */
  private static final WriteBufferWaterMark WRITTEN = new WriteBufferWaterMark(64 << 10, 128 << 10);

  /** A day, the usual one (RFC 7838, 3.1). */
  private static final int ALTERNATIVE_SECONDS = 86_400;

  private static final RationedLog log = new RationedLog(LoggerFactory.getLogger(HttpFront.class));

  private final Front front;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final OpenConnections perClient = new OpenConnections();
  private final LongAdder refused = new LongAdder();
  private final List<Channel> listeners = new ArrayList<>();
  private final List<QuicListener> quic = new ArrayList<>();

  /** {@code clientTls} is for tunnels to servers that speak TLS. */
  public HttpFront(Terms terms, Transport transport, SslContext clientTls) {
    this(terms, transport, server -> clientTls);
  }

  /** {@code clientTls}: for tunnels, by the server's address. */
  public HttpFront(Terms terms, Transport transport, Function<URI, SslContext> clientTls) {
    InstantSource clock = InstantSource.system();
    this.front =
        new Front(
            new AtomicReference<>(terms),
            transport,
            clientTls,
            Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("gyre-request-", 0).factory()),
            clock,
            new HttpDate(clock),
            new Front.Standing());
  }

  /** What holds for the requests that begin from now on, on open connections, too. */
  public void apply(Terms terms) {
    front.current().set(terms);
  }

  /** Listens in cleartext; a StartFailure names the address that cannot be had. */
  public InetSocketAddress listen(HostPort address, boolean proxyProtocol) {
    return bind(address, proxyProtocol, (channel, client) -> speak(channel, client, "http"));
  }

  /** Tells of its connections, and of requests that wait, from now on. */
  public void report(MeterRegistry metrics) {
    Gauge.builder("gyre.proxy.connections", connections, ChannelGroup::size).register(metrics);
    Gauge.builder("gyre.proxy.waiting", this, HttpFront::waiting).register(metrics);
    FunctionCounter.builder("gyre.proxy.connections.refused", this, HttpFront::refused)
        .description("connections beyond what one client may have")
        .register(metrics);
  }

  /** Connections that were closed at once: their client had as many as one may have. */
  public long refused() {
    return refused.sum();
  }

  /** Requests that wait for an answer now. */
  public int waiting() {
    return front.waiting().get();
  }

  /** Listens with TLS; the client's SNI chooses the certificate. */
  public InetSocketAddress listenTls(
      HostPort address, boolean proxyProtocol, TlsCertificates certificates) {
    return listenTls(
        address, proxyProtocol, certificates, new HandshakeTally(new SimpleMeterRegistry()));
  }

  /** The same, with every handshake counted. */
  public InetSocketAddress listenTls(
      HostPort address, boolean proxyProtocol, TlsCertificates certificates, HandshakeTally tally) {
    return bind(
        address,
        proxyProtocol,
        (channel, client) -> {
          channel.pipeline().addLast(new SniChoice(certificates, front.limits().times().head()));
          channel.pipeline().addLast(tally);
          speak(channel, client, "https");
        });
  }

  /**
   * Listens for HTTP/3 over UDP, where {@link #listenTls} listens over TCP. {@code port}: where
   * visitors reach it, as answers over TLS tell from now on (RFC 7838).
   */
  public void listenQuic(
      InetSocketAddress address,
      int port,
      Mapping<String, QuicSslContext> certificates,
      HandshakeTally tally) {
    quic.add(QuicListener.open(front, address, new Newcomers(certificates, tally, this::counted)));
    front.standing().altSvc().set(Optional.of("h3=\":" + port + "\"; ma=" + ALTERNATIVE_SECONDS));
  }

  /** Counts an HTTP/3 connection from now on. */
  private boolean counted(Channel channel, InetAddress client) {
    boolean isAdmitted = mayConnect(channel, client);
    if (isAdmitted) {
      connections.add(channel);
    }
    return isAdmitted;
  }

  private void speak(Channel channel, InetAddress client, String scheme) {
    channel.pipeline().addLast(new VersionChoice(front, channel, Arrival.over(client, scheme)));
  }

  private void accept(
      Channel channel, boolean proxyProtocol, BiConsumer<Channel, InetAddress> onward) {
    connections.add(channel);
    InetAddress peer =
        channel.remoteAddress() instanceof InetSocketAddress address
            ? address.getAddress()
            : InetAddress.getLoopbackAddress();
    if (proxyProtocol) {
      ProxyProtocol.await(front, channel, peer, (begun, client) -> admit(begun, client, onward));
    } else {
      admit(channel, peer, onward);
    }
  }

  /** A trusted proxy, and what is on this machine, connects in the name of many. */
  private void admit(Channel channel, InetAddress client, BiConsumer<Channel, InetAddress> onward) {
    if (mayConnect(channel, client)) {
      onward.accept(channel, client);
    } else {
      Outbound.close(channel);
    }
  }

  private boolean mayConnect(Channel channel, InetAddress client) {
    Terms terms = front.terms();
    if (client.isLoopbackAddress() || terms.trustedProxies().addresses().contains(client)) {
      return true;
    }
    if (perClient.opened(client, terms.limits().crowd().connectionsPerClient())) {
      channel.closeFuture().addListener(closed -> perClient.closed(client));
      return true;
    }
    refused.increment();
    log.info("connection of {} closed: it has as many as one client may have", client);
    return false;
  }

  private InetSocketAddress bind(
      HostPort address, boolean proxyProtocol, BiConsumer<Channel, InetAddress> onward) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(front.transport().group())
            .channel(front.transport().serverChannel())
            .option(ChannelOption.SO_BACKLOG, 4096)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITTEN)
            .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, new PendingSize())
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, proxyProtocol, onward);
                  }
                })
            .bind(address.socketAddress())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new StartFailure(
          "cannot listen at "
              + address
              + " ("
              + bound.cause().getMessage()
              + "); free the port or change listen",
          bound.cause());
    }
    listeners.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  private void awaitEmpty(long deadline) {
    while (!connections.isEmpty() && deadline - System.nanoTime() > 0) {
      connections
          .newCloseFuture()
          .awaitUninterruptibly(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void close() {
    listeners.forEach(listener -> listener.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
    front.draining().set(true);
    for (Channel connection : connections) {
      connection
          .eventLoop()
          .execute(
              () -> {
                FrontConnection open = connection.pipeline().get(FrontConnection.class);
                if (open == null) {
                  Outbound.close(connection);
                } else {
                  open.drain();
                }
              });
    }
    awaitEmpty(System.nanoTime() + front.limits().times().drain().toNanos());
    front.virtualThreads().shutdownNow();
    connections.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    quic.forEach(QuicListener::close);
  }
}
