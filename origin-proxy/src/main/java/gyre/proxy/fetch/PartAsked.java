package gyre.proxy.fetch;

import gyre.proxy.message.Request;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the part begins that a request asks for (RFC 9110, 14.2), before anybody knows how large
 * the whole is; empty where that cannot be told without, or where it asks for several. Pure.
 */
record PartAsked(OptionalLong from) {
  private static final Pattern ONE =
      Pattern.compile("bytes\\s*=\\s*(\\d{1,18})-\\d{0,18}", Pattern.CASE_INSENSITIVE);

  /** A part that begins before it is there soon while the whole is fetched: 1 MiB. */
  private static final long START = 1 << 20;

  static PartAsked of(Request request) {
    Optional<String> range = request.headers().first("range");
    if (range.isEmpty()) {
      return new PartAsked(OptionalLong.of(0));
    }
    Matcher one = ONE.matcher(range.get().strip());
    return new PartAsked(
        one.matches() ? OptionalLong.of(Long.parseLong(one.group(1))) : OptionalLong.empty());
  }

  boolean isAtTheStart() {
    return from.isPresent() && from.getAsLong() <= START;
  }
}
