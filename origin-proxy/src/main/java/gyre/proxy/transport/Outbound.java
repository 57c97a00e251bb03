package gyre.proxy.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundInvoker;
import io.netty.channel.socket.DuplexChannel;

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

  /** Closes once everything that was written is out. */
  public static void closeWhenWritten(ChannelOutboundInvoker channel) {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Ends the sending direction once everything that was written is out, then tells. */
  public static void shutdownOutputWhenWritten(DuplexChannel channel, Runnable written) {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            outcome -> {
              channel.shutdownOutput();
              written.run();
            });
  }

  public static void close(ChannelOutboundInvoker channel) {
    channel.close();
  }
}
