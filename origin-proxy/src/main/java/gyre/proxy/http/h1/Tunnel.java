package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.Lease;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import gyre.wire.HeaderField;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Joins a client's connection to a server's after an Upgrade (RFC 9110, 7.8). Bytes flow only once
 * the server has answered 101: before that nothing of the client but its request reaches it, and
 * any other answer ends the attempt, as does a client that leaves. Both channels share one event
 * loop.
 */
final class Tunnel {
  private static final RationedLog log = new RationedLog(LoggerFactory.getLogger(Tunnel.class));
  private static final int CONNECT_MILLIS = 5_000;
  private static final int HANDSHAKE_SECONDS = 10;
  private static final int HEAD = 16 << 10;

  private final Front front;
  private final H1Connection connection;
  private final Channel client;

  Tunnel(Front front, H1Connection connection, Channel client) {
    this.front = front;
    this.connection = connection;
    this.client = client;
  }

  void open(Decision.Tunnel tunnel) {
    URI server = tunnel.server();
    var _ =
        front
            .transport()
            .resolve(server.getHost())
            .whenComplete(
                (address, failure) ->
                    client
                        .eventLoop()
                        .execute(
                            () -> {
                              if (failure == null) {
                                connect(address, tunnel);
                              } else {
                                refused(tunnel.lease(), "its name does not resolve");
                                tunnel.lease().close();
                              }
                            }));
  }

  private void connect(InetAddress address, Decision.Tunnel tunnel) {
    Lease lease = tunnel.lease();
    URI server = lease.server();
    boolean secure = server.getScheme().equals("wss") || server.getScheme().equals("https");
    int port = server.getPort() >= 0 ? server.getPort() : secure ? 443 : 80;
    ChannelFuture connecting =
        new Bootstrap()
            .group(client.eventLoop())
            .channel(front.transport().tcpChannel())
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (secure) {
                      SslContext tls = front.clientTls().apply(server);
                      channel
                          .pipeline()
                          .addLast(tls.newHandler(channel.alloc(), server.getHost(), port));
                    }
                    channel.pipeline().addLast(new Handshake(tunnel));
                  }
                })
            .connect(new InetSocketAddress(address, port));
    connecting.channel().closeFuture().addListener(closed -> lease.close());
    connecting.addListener(
        connected -> {
          if (!connected.isSuccess()) {
            refused(lease, String.valueOf(connected.cause().getMessage()));
          }
        });
  }

  private void refused(Lease lease, String reason) {
    if (client.isActive()) { // or else it has left, which is no fault of the server
      lease.failed(reason);
      refused(reason, lease.server());
    }
  }

  private void refused(String reason, URI server) {
    log.warn("no tunnel to {}: {}", server, reason);
    connection.tunnelRefused(Response.text(502, "gyre: no tunnel"));
  }

  /** Waits for the server's answer to the upgrade. */
  private final class Handshake extends ChannelInboundHandlerAdapter {
    private final Lease lease;
    private final Request request;
    private ByteBuf received = Unpooled.EMPTY_BUFFER;
    private boolean decided;

    Handshake(Decision.Tunnel tunnel) {
      this.lease = tunnel.lease();
      this.request = tunnel.request();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      client.closeFuture().addListener(left -> fail(context, "the client has left"));
      Outbound.writeAndFlush(context, head(request, context));
      var _ =
          context
              .executor()
              .schedule(() -> fail(context, "no answer"), HANDSHAKE_SECONDS, TimeUnit.SECONDS);
      context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      received =
          ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
              context.alloc(), received, (ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      String seen = received.toString(0, Math.min(received.readableBytes(), HEAD), ISO_8859_1);
      if (seen.contains("\r\n\r\n")) {
        answered(context, seen);
      } else if (seen.length() == HEAD) {
        fail(context, "a head without end");
      } else {
        context.read();
      }
    }

    private void answered(ChannelHandlerContext context, String head) {
      if (!client.isActive()) {
        fail(context, "the client has left");
      } else if (head.startsWith("HTTP/1.1 101 ")) {
        decided = true;
        lease.answered();
        join(context.channel(), received);
        context.pipeline().remove(this);
      } else {
        decline(context, "it answered " + head.lines().findFirst().orElse(""));
      }
    }

    private void join(Channel backend, ByteBuf first) {
      ByteBuf rest = connection.handOver();
      long idle = front.limits().times().tunnelIdle().toSeconds();
      client.pipeline().addLast(new IdleStateHandler(0, 0, idle, TimeUnit.SECONDS));
      client.pipeline().addLast(new Relay(backend));
      backend.pipeline().addLast(new Relay(client));
      Outbound.writeAndFlush(client, first);
      Outbound.writeAndFlush(backend, rest);
      client.read();
      backend.read();
    }

    private void decline(ChannelHandlerContext context, String reason) {
      lease.answered();
      decide(context);
      refused(reason, lease.server());
    }

    private void fail(ChannelHandlerContext context, String reason) {
      if (!decided) {
        decide(context);
        refused(lease, reason);
      }
    }

    private void decide(ChannelHandlerContext context) {
      decided = true;
      received.release();
      Outbound.close(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(context, "it closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(context, String.valueOf(cause.getMessage()));
    }
  }

  private static ByteBuf head(Request request, ChannelHandlerContext context) {
    StringBuilder head = new StringBuilder();
    head.append(request.method()).append(' ').append(request.target()).append(" HTTP/1.1\r\n");
    for (HeaderField field : request.headers().fields()) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    head.append("\r\n");
    return context.alloc().buffer(head.length()).writeBytes(head.toString().getBytes(ISO_8859_1));
  }
}
