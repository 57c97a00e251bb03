package gyre.proxy.http.exchange;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whom a request is for: host and port (RFC 9110, 7.2), and the target in origin form. */
public record Authority(String authority, String target) {
  private static final int NAME = 253;
  private static final int ADDRESS = 45;
  private static final Pattern ABSOLUTE =
      Pattern.compile("https?://([^/?]*)(/[^#]*)?(\\?[^#]*)?", Pattern.CASE_INSENSITIVE);

  /** Of a target in absolute form (RFC 9112, 3.2.2), whose authority outweighs Host. */
  public static Optional<Authority> ofAbsoluteForm(String target) {
    if (target.startsWith("/")) {
      return Optional.empty();
    }
    Matcher matcher = ABSOLUTE.matcher(target);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String path = matcher.group(2) == null ? "/" : matcher.group(2);
    String query = matcher.group(3) == null ? "" : matcher.group(3);
    return Optional.of(new Authority(matcher.group(1), path + query));
  }

  /** In lower case, without a default port; empty where it is not a host and port. */
  public static Optional<String> normalized(String text, String scheme) {
    String lower = text.toLowerCase(Locale.ROOT);
    int end = hostEnd(lower);
    if (end < 0 || (end < lower.length() && !isPort(lower, end))) {
      return Optional.empty();
    }
    String port = lower.substring(Math.min(end + 1, lower.length()));
    boolean isDefault = port.isEmpty() || port.equals(scheme.equals("https") ? "443" : "80");
    return Optional.of(isDefault ? lower.substring(0, end) : lower);
  }

  /** Behind a name, or an address of IPv6 in brackets (RFC 3986, 3.2.2); -1 for neither. */
  private static int hostEnd(String text) {
    boolean isAddress = text.startsWith("[");
    int start = isAddress ? 1 : 0;
    int at = start;
    while (at < text.length() && (isAddress ? isInAddress(text, at) : isInName(text, at))) {
      at++;
    }
    int length = at - start;
    if (!isAddress) {
      return length > 0 && length <= NAME ? at : -1;
    }
    boolean isClosed = at < text.length() && text.charAt(at) == ']';
    return isClosed && length >= 2 && length <= ADDRESS ? at + 1 : -1;
  }

  private static boolean isInName(String text, int at) {
    char c = text.charAt(at);
    return (c >= 'a' && c <= 'z') || isDigit(c) || c == '.' || c == '-' || c == '_';
  }

  private static boolean isInAddress(String text, int at) {
    char c = text.charAt(at);
    return (c >= 'a' && c <= 'f') || isDigit(c) || c == ':' || c == '.';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isPort(String text, int colon) {
    return text.charAt(colon) == ':'
        && text.length() - colon <= 6
        && text.chars().skip(colon + 1L).allMatch(c -> isDigit((char) c));
  }
}
