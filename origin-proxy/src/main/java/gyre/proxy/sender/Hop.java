package gyre.proxy.sender;

import gyre.operations.address.IpLiteral;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one proxy said of whom it got a request from; empty texts where it said nothing. */
record Hop(String node, String scheme) {
  private static final Pattern NODE =
      Pattern.compile(
          "\\[([0-9a-fA-F:.]+)](?::\\d{1,5})?|([0-9.]+)(?::\\d{1,5})?|([0-9a-fA-F:.]+)");

  /** Empty where it is hidden, unknown (RFC 7239, 6) or nonsense. */
  Optional<InetAddress> address() {
    Matcher matcher = NODE.matcher(node);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (int group = 1; group <= matcher.groupCount(); group++) {
      if (matcher.group(group) != null) {
        return IpLiteral.parse(matcher.group(group));
      }
    }
    return Optional.empty();
  }
}
