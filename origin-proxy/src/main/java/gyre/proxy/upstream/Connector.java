package gyre.proxy.upstream;

import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Opens connections. */
final class Connector {
  private final Transport transport;
  private final ClientTls tls;
  private final ClientLimits limits;

  Connector(Transport transport, ClientTls tls, ClientLimits limits) {
    this.transport = transport;
    this.tls = tls;
    this.limits = limits;
  }

  /** Waits until the connection stands, TLS included, on one of these event loops. */
  ClientConnection connect(Endpoint endpoint, EventLoopGroup loops) throws IOException {
    Pipeline<ClientConnection> pipeline =
        new Pipeline<>(endpoint, channel -> http1(endpoint, channel));
    open(pipeline, loops);
    return pipeline.connection.orElseThrow();
  }

  private ClientConnection http1(Endpoint endpoint, Channel channel) {
    ResponseDecoder decoder = new ResponseDecoder();
    ClientConnection connection =
        new ClientConnection(endpoint, channel, decoder, new H1Output(channel), limits);
    channel.pipeline().addLast(decoder).addLast(connection);
    return connection;
  }

  /** The same; a ConnectException also where the server chooses another protocol. */
  H2Connection connectH2(Endpoint.H2 endpoint) throws IOException {
    Pipeline<H2Connection> pipeline =
        new Pipeline<>(endpoint, channel -> H2Connection.join(channel, limits));
    Channel channel = open(pipeline, transport.group());
    Optional<SslHandler> secure = pipeline.security;
    if (secure.isPresent()
        && !ApplicationProtocolNames.HTTP_2.equals(secure.get().applicationProtocol())) {
      Outbound.close(channel);
      throw new ConnectException("cannot connect to " + endpoint + ": it does not speak HTTP/2");
    }
    return pipeline.connection.orElseThrow();
  }

  private Channel open(Pipeline<?> pipeline, EventLoopGroup loops) throws IOException {
    Endpoint endpoint = pipeline.endpoint;
    SocketAddress address = address(endpoint);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(
                endpoint instanceof Endpoint.Unix
                    ? transport.unixChannel()
                    : transport.tcpChannel())
            .option(ChannelOption.AUTO_READ, endpoint instanceof Endpoint.H2)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) limits.connect().toMillis())
            .handler(pipeline);
    ChannelFuture connected = bootstrap.connect(address);
    await(connected, endpoint, connected.channel());
    if (pipeline.security.isPresent()) {
      await(pipeline.security.get().handshakeFuture(), endpoint, connected.channel());
    }
    return connected.channel();
  }

  private SocketAddress address(Endpoint endpoint) throws IOException {
    return switch (endpoint) {
      case Endpoint.Tcp tcp -> new InetSocketAddress(resolve(tcp.host(), endpoint), tcp.port());
      case Endpoint.Tls secure ->
          new InetSocketAddress(resolve(secure.host(), endpoint), secure.port());
      case Endpoint.H2 h2 -> new InetSocketAddress(resolve(h2.host(), endpoint), h2.port());
      case Endpoint.Unix unix -> transport.unixAddress(unix.socket());
    };
  }

  private InetAddress resolve(String host, Endpoint endpoint) throws IOException {
    try {
      return transport.resolve(host).get(limits.connect().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw refused(endpoint + ": the name " + host + " does not resolve", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while resolving " + host);
    }
  }

  private void await(Future<?> step, Endpoint endpoint, Channel channel) throws IOException {
    try {
      if (!step.await(limits.connect().toMillis(), TimeUnit.MILLISECONDS)) {
        Outbound.close(channel);
        throw new ConnectException(
            "no connection to " + endpoint + " within " + limits.connect().toMillis() + " ms");
      }
    } catch (InterruptedException e) {
      Outbound.close(channel);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while connecting to " + endpoint);
    }
    if (!step.isSuccess()) {
      Outbound.close(channel);
      throw refused(
          "cannot connect to " + endpoint + ": " + TlsFailure.reason(step.cause()), step.cause());
    }
  }

  private static ConnectException refused(String message, Throwable cause) {
    ConnectException refused = new ConnectException(message);
    refused.initCause(cause);
    return refused;
  }

  /**
   * Its handlers are kept beside the channel, which gives them up as soon as it is closed. Filled
   * by the event loop before the connection stands.
   */
  private final class Pipeline<C> extends ChannelInitializer<Channel> {
    private final Endpoint endpoint;
    private final Function<Channel, C> protocol;
    private Optional<SslHandler> security = Optional.empty();
    private Optional<C> connection = Optional.empty();

    Pipeline(Endpoint endpoint, Function<Channel, C> protocol) {
      this.endpoint = endpoint;
      this.protocol = protocol;
    }

    @Override
    protected void initChannel(Channel channel) {
      security =
          switch (endpoint) {
            case Endpoint.Tls secure ->
                Optional.of(secured(channel, tls.http1(), secure.host(), secure.port()));
            case Endpoint.H2 h2 when h2.isSecure() ->
                Optional.of(secured(channel, tls.h2(), h2.host(), h2.port()));
            case Endpoint.H2 _, Endpoint.Tcp _, Endpoint.Unix _ -> Optional.empty();
          };
      connection = Optional.of(protocol.apply(channel));
    }

    private static SslHandler secured(Channel channel, SslContext context, String host, int port) {
      SslHandler handler = context.newHandler(channel.alloc(), host, port);
      channel.pipeline().addLast(handler);
      return handler;
    }
  }
}
