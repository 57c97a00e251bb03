package gyre.operations.address;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;

/** An IP address as text, strictly: no name, no octal, no shortened IPv4, no zone, no brackets. */
public final class IpLiteral {
  private static final Pattern V4 =
      Pattern.compile("(?:0|[1-9]\\d{0,2})(?:\\.(?:0|[1-9]\\d{0,2})){3}");
  private static final Pattern V6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  private IpLiteral() {}

  /** Empty where the text is none. No name is ever looked up. */
  public static Optional<InetAddress> parse(String text) {
    boolean isLiteral = text.indexOf(':') < 0 ? V4.matcher(text).matches() : isV6(text);
    if (!isLiteral) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  private static boolean isV6(String text) {
    return V6.matcher(text).matches();
  }
}
