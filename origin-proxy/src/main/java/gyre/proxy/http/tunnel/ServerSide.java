package gyre.proxy.http.tunnel;

import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.Lease;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The server's side of a tunnel while it comes about. A server that takes no connection makes room
 * for the next one; what one that did take it answers is final. Before 101 nothing of the client
 * but its request reaches a server. Owned by the client's event loop.
 */
public final class ServerSide {
  private static final RationedLog log = new RationedLog(LoggerFactory.getLogger(ServerSide.class));
  private static final int CONNECT_MILLIS = 5_000;

  private final Front front;
  private final EventLoop loop;
  private final Decision.Tunnel tunnel;
  private final ClientSide client;
  private @Nullable Channel connecting;
  private boolean isOver;

  public ServerSide(Front front, EventLoop loop, Decision.Tunnel tunnel, ClientSide client) {
    this.front = front;
    this.loop = loop;
    this.tunnel = tunnel;
    this.client = client;
  }

  /** Asks the servers in turn. */
  public void open() {
    next();
  }

  private void next() {
    Optional<Decision.Target> target = tunnel.targets().next();
    if (target.isEmpty()) {
      end();
      return;
    }
    URI server = target.get().lease().server();
    var _ =
        front
            .transport()
            .resolve(server.getHost())
            .whenComplete(
                (address, failure) ->
                    loop.execute(
                        () -> {
                          if (failure == null && !isOver) {
                            connect(address, target.get());
                          } else {
                            unreachable(target.get().lease(), "its name does not resolve");
                            target.get().lease().close();
                          }
                        }));
  }

  private void connect(InetAddress address, Decision.Target target) {
    Lease lease = target.lease();
    URI server = lease.server();
    boolean secure = server.getScheme().equals("wss") || server.getScheme().equals("https");
    int port = server.getPort() >= 0 ? server.getPort() : secure ? 443 : 80;
    ChannelFuture connected =
        new Bootstrap()
            .group(loop)
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
                    channel.pipeline().addLast(new Handshake(ServerSide.this, target, secure));
                  }
                })
            .connect(new InetSocketAddress(address, port));
    connecting = connected.channel();
    connected.channel().closeFuture().addListener(closed -> lease.close());
    connected.addListener(
        outcome -> {
          if (!outcome.isSuccess()) {
            unreachable(lease, String.valueOf(outcome.cause().getMessage()));
          }
        });
  }

  /** No byte of the request has reached this server: another one may have it. */
  void unreachable(Lease lease, String reason) {
    if (!isOver) { // or else the client has left, which is no fault of the server
      lease.failed(reason);
      tell(lease, reason);
      next();
    }
  }

  /** It took the request and did not answer it. */
  void failed(Lease lease, String reason) {
    if (!isOver) {
      lease.failed(reason);
      tell(lease, reason);
      end();
    }
  }

  /** It answered otherwise than with 101. */
  void declined(Lease lease, String reason) {
    if (!isOver) {
      lease.answered();
      tell(lease, reason);
      end();
    }
  }

  void switched(Lease lease, Channel server, ByteBuf received) {
    isOver = true;
    lease.answered();
    client.switched(server, received);
  }

  private static void tell(Lease lease, String reason) {
    log.warn("no tunnel to {}: {}", lease.server(), reason);
  }

  private void end() {
    isOver = true;
    client.refused(Response.text(502, "gyre: no tunnel"));
  }

  /** The client has left before the server switched. */
  public void giveUp() {
    if (!isOver) {
      isOver = true;
      Channel open = connecting;
      if (open != null) {
        Outbound.close(open);
      }
    }
  }

  boolean isOver() {
    return isOver;
  }
}
