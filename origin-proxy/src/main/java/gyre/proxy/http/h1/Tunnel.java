package gyre.proxy.http.h1;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.tunnel.ClientSide;
import gyre.proxy.http.tunnel.Relay;
import gyre.proxy.http.tunnel.ServerSide;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/**
 * Joins a client's whole connection to a server's: it gets the server's answer as it is. Both
 * channels share one event loop.
 */
final class Tunnel implements ClientSide {
  private final Front front;
  private final H1Connection connection;
  private final Channel client;

  Tunnel(Front front, H1Connection connection, Channel client) {
    this.front = front;
    this.connection = connection;
    this.client = client;
  }

  void open(Decision.Tunnel tunnel) {
    ServerSide server = new ServerSide(front, client.eventLoop(), tunnel, this);
    client.closeFuture().addListener(left -> server.giveUp());
    server.open();
  }

  @Override
  public void switched(Channel server, ByteBuf received) {
    ByteBuf rest = connection.handOver();
    long idle = front.limits().times().tunnelIdle().toSeconds();
    client.pipeline().addLast(new IdleStateHandler(0, 0, idle, TimeUnit.SECONDS));
    client.pipeline().addLast(new Relay(server));
    server.pipeline().addLast(new Relay(client));
    Outbound.writeAndFlush(client, received);
    Outbound.writeAndFlush(server, rest);
    client.read();
    server.read();
  }

  @Override
  public void refused(Response response) {
    connection.tunnelRefused(response);
  }
}
