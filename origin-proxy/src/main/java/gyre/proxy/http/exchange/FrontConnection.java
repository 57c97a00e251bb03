package gyre.proxy.http.exchange;

import io.netty.channel.ChannelHandler;

/** One client's connection, in whatever version of HTTP. */
public interface FrontConnection extends ChannelHandler {
  /** Event loop: no further request; the running ones end first. */
  void drain();
}
