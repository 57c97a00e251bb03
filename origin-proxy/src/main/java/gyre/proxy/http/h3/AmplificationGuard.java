package gyre.proxy.http.h3;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Never sends an address that nobody has proved to be his more than thrice what came from it (RFC
 * 9000, 8.1), whatever stands behind it: Netty answers to wherever the last packet of a connection
 * came from, and that address can be forged. One per socket, owned by its event loop.
 */
final class AmplificationGuard extends ChannelDuplexHandler {
  private static final int FACTOR = 3;

  /** Addresses whose account is kept; whoever is forgotten begins anew. */
  static final int ACCOUNTS = 8_192;

  private final Map<InetAddress, Integer> proved = new HashMap<>();
  private final Map<InetAddress, Long> accounts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<InetAddress, Long> eldest) {
          return size() > ACCOUNTS;
        }
      };

  /** This address is that of a connection, for certain, as long as it lasts. */
  void proved(InetAddress client, Channel connection) {
    var _ = proved.merge(client, 1, Integer::sum);
    connection
        .closeFuture()
        .addListener(
            closed ->
                proved.computeIfPresent(
                    client, (address, count) -> count == 1 ? null : Integer.valueOf(count - 1)));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof DatagramPacket packet) {
      InetAddress from = packet.sender().getAddress();
      if (!proved.containsKey(from)) {
        var _ = accounts.merge(from, (long) FACTOR * packet.content().readableBytes(), Long::sum);
      }
    }
    context.fireChannelRead(message);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the promise has it
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof DatagramPacket packet && !mayHave(packet)) {
      packet.release();
      promise.trySuccess(); // lost on the way, as packets are
    } else {
      context.write(message, promise);
    }
  }

  private boolean mayHave(DatagramPacket packet) {
    InetAddress to = packet.recipient().getAddress();
    if (proved.containsKey(to)) {
      return true;
    }
    long left = accounts.getOrDefault(to, 0L) - packet.content().readableBytes();
    if (left >= 0) {
      accounts.put(to, left);
    }
    return left >= 0;
  }
}
