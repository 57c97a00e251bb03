package gyre.proxy.transport;

import io.netty.channel.ChannelOutboundInvoker;

/**
 * Writes whose outcome nobody waits for: a failed one closes its channel, and that is where failure
 * is noticed.
 */
@SuppressWarnings("FutureReturnValueIgnored") // see above
public final class Outbound {
  private Outbound() {}

  public static void write(ChannelOutboundInvoker channel, Object message) {
    channel.write(message);
  }

  public static void writeAndFlush(ChannelOutboundInvoker channel, Object message) {
    channel.writeAndFlush(message);
  }

  public static void close(ChannelOutboundInvoker channel) {
    channel.close();
  }
}
