package gyre.proxy.upstream;

import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
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
    return handler(open(endpoint, loops), ClientConnection.class, endpoint);
  }

  /** The same; a ConnectException also where the server chooses another protocol. */
  H2Connection connectH2(Endpoint.H2 endpoint) throws IOException {
    Channel channel = open(endpoint, transport.group());
    SslHandler secure = channel.pipeline().get(SslHandler.class);
    if (secure != null && !ApplicationProtocolNames.HTTP_2.equals(secure.applicationProtocol())) {
      Outbound.close(channel);
      throw new ConnectException("cannot connect to " + endpoint + ": it does not speak HTTP/2");
    }
    return handler(channel, H2Connection.class, endpoint);
  }

  /** A pipeline is empty as soon as its channel is closed. */
  private static <H extends ChannelHandler> H handler(
      Channel channel, Class<H> type, Endpoint endpoint) throws ConnectException {
    H handler = channel.pipeline().get(type);
    if (handler == null) {
      throw new ConnectException(
          "cannot connect to " + endpoint + ": it closed the connection at once");
    }
    return handler;
  }

  private Channel open(Endpoint endpoint, EventLoopGroup loops) throws IOException {
    SocketAddress address = address(endpoint);
    Pipeline pipeline = new Pipeline(endpoint);
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
    if (pipeline.secured.isPresent()) {
      await(pipeline.secured.get().handshakeFuture(), endpoint, connected.channel());
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

  /** What one connection is made of. */
  private final class Pipeline extends ChannelInitializer<Channel> {
    private final Endpoint endpoint;

    /** With TLS, from the moment when the channel is registered. */
    private volatile Optional<SslHandler> secured = Optional.empty();

    Pipeline(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    protected void initChannel(Channel channel) {
      switch (endpoint) {
        case Endpoint.Tls secure -> {
          secure(channel, tls.http1(), secure.host(), secure.port());
          speakHttp1(channel);
        }
        case Endpoint.H2 h2 -> {
          if (h2.isSecure()) {
            secure(channel, tls.h2(), h2.host(), h2.port());
          }
          H2Connection.join(channel, limits);
        }
        case Endpoint.Tcp _, Endpoint.Unix _ -> speakHttp1(channel);
      }
    }

    private void secure(Channel channel, SslContext context, String host, int port) {
      SslHandler handler = context.newHandler(channel.alloc(), host, port);
      secured = Optional.of(handler);
      channel.pipeline().addLast(handler);
    }

    private void speakHttp1(Channel channel) {
      ResponseDecoder decoder = new ResponseDecoder();
      channel
          .pipeline()
          .addLast(decoder)
          .addLast(new ClientConnection(endpoint, channel, decoder, new H1Output(channel), limits));
    }
  }
}
