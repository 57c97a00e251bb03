package gyre.operations.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The addresses that share their first {@code prefix} bits (RFC 4632, 3.1; RFC 4291, 2.3). */
public record AddressRange(InetAddress network, int prefix) {
  private static final int V6_CLIENT = 64;

  public AddressRange {
    byte[] bytes = network.getAddress();
    if (prefix < 0 || prefix > bytes.length * 8) {
      throw new IllegalArgumentException(
          "/" + prefix + " is no prefix of " + network.getHostAddress());
    }
    if (!masked(bytes, prefix).equals(network)) {
      throw new IllegalArgumentException(
          network.getHostAddress() + " has bits beyond its /" + prefix);
    }
  }

  /** {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or one address; IllegalArgumentException else. */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress network =
        IpLiteral.parse(slash < 0 ? text : text.substring(0, slash))
            .orElseThrow(() -> notARange(text));
    if (slash < 0) {
      return new AddressRange(network, network.getAddress().length * 8);
    }
    String prefix = text.substring(slash + 1);
    if (prefix.isEmpty() || prefix.length() > 3 || !prefix.chars().allMatch(c -> isDigit(c))) {
      throw notARange(text);
    }
    return new AddressRange(network, Integer.parseInt(prefix));
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static IllegalArgumentException notARange(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not an IP address or range such as 10.0.0.0/8 or ::1");
  }

  /** What counts as one client: the address, of IPv6 its /64. */
  public static AddressRange ofClient(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4
        ? new AddressRange(address, 32)
        : new AddressRange(masked(bytes, V6_CLIENT), V6_CLIENT);
  }

  public boolean contains(InetAddress address) {
    byte[] mine = network.getAddress();
    byte[] theirs = address.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || ((mine[whole] ^ theirs[whole]) & 0xff) >> (8 - rest) == 0;
  }

  /** Without the scope of a link-local address. */
  private static InetAddress masked(byte[] address, int prefix) {
    byte[] bytes = address.clone();
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("4 or 16 bytes are an address", impossible);
    }
  }

  @Override
  public String toString() {
    boolean isOne = prefix == network.getAddress().length * 8;
    return network.getHostAddress() + (isOne ? "" : "/" + prefix);
  }
}
