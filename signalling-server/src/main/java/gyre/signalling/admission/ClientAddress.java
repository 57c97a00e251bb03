package gyre.signalling.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the address a connection comes from: that of the TCP peer, or, where that one is a trusted
 * proxy, the last address of X-Forwarded-For that is not trusted. No name is ever looked up.
 */
public final class ClientAddress {
  private static final Pattern LITERAL = Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F:.]{2,45}");

  private final Set<InetAddress> trusted;

  /** IllegalArgumentException where an entry is not an IP address. */
  public ClientAddress(List<String> trustedProxies) {
    this.trusted =
        trustedProxies.stream()
            .map(
                text ->
                    parse(text)
                        .orElseThrow(
                            () -> new IllegalArgumentException("not an IP address: " + text)))
            .collect(Collectors.toUnmodifiableSet());
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
      Optional<InetAddress> address = parse(hop.strip());
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
    byte[] bytes = address.getAddress();
    try {
      return bytes.length == 4
          ? address.getHostAddress()
          : InetAddress.getByAddress(Arrays.copyOf(Arrays.copyOf(bytes, 8), 16)).getHostAddress()
              + "/64";
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("16 bytes are an address", impossible);
    }
  }

  private static Optional<InetAddress> parse(String text) {
    if (!LITERAL.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }
}
