package gyre.proxy.admission;

import gyre.operations.address.AddressRange;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each client has open (its address, of IPv6 its /64). As large as the number
 * of connections. Any thread.
 */
public final class OpenConnections {
  private final Map<AddressRange, Integer> counts = new ConcurrentHashMap<>();

  /** Counts one more, to be followed by {@link #closed}; false where there are so many already. */
  public boolean opened(InetAddress client, int most) {
    boolean[] admitted = {false};
    var _ =
        counts.compute(
            AddressRange.ofClient(client),
            (key, count) -> {
              int open = count == null ? 0 : count;
              admitted[0] = open < most;
              return admitted[0] ? Integer.valueOf(open + 1) : count;
            });
    return admitted[0];
  }

  public void closed(InetAddress client) {
    var _ =
        counts.computeIfPresent(
            AddressRange.ofClient(client), (key, count) -> count == 1 ? null : count - 1);
  }

  /** Clients with a connection. */
  public int clients() {
    return counts.size();
  }
}
