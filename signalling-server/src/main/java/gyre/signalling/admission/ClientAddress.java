package gyre.signalling.admission;

import gyre.operations.address.AddressRange;
import gyre.operations.address.AddressRanges;
import gyre.operations.address.IpLiteral;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the address a connection comes from: that of the TCP peer, or, where that one is a trusted
 * proxy, the last address of X-Forwarded-For that is not trusted. No name is ever looked up.
 */
public final class ClientAddress {
  private final AddressRanges trusted;

  public ClientAddress(AddressRanges trustedProxies) {
    this.trusted = trustedProxies;
  }

  public boolean isTrusted(InetAddress peer) {
    return trusted.contains(peer);
  }

  /** {@code forwardedFor} is the header's value, empty where there is none. */
  public InetAddress of(InetAddress peer, String forwardedFor) {
    if (!isTrusted(peer)) {
      return peer;
    }
    InetAddress nearest = peer;
    for (String hop : Arrays.asList(forwardedFor.split("[,;]")).reversed()) {
      Optional<InetAddress> address = IpLiteral.parse(hop.strip());
      if (address.isEmpty()) {
        return nearest;
      }
      nearest = address.get();
      if (!isTrusted(nearest)) {
        return nearest;
      }
    }
    return nearest;
  }

  /** Under which one client counts: the address, of IPv6 its /64. */
  public static String bucket(InetAddress address) {
    return AddressRange.ofClient(address).toString();
  }
}
