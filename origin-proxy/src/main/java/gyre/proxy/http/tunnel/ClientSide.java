package gyre.proxy.http.tunnel;

import gyre.proxy.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** Whoever asked for a tunnel: told once, on its event loop, which the server's channel shares. */
public interface ClientSide {
  /**
   * The server has switched: its channel and what came from it, from the head of its 101 on, are
   * the client's now. Nothing more is read until the client does.
   */
  void switched(Channel server, ByteBuf received);

  /** There is no tunnel. */
  void refused(Response response);
}
