package gyre.proxy.http.exchange;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whom a request is for: host and port (RFC 9110, 7.2), and the target in origin form. */
public record Authority(String authority, String target) {
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}\\])(?::(\\d{0,5}))?");
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
    Matcher matcher = HOST.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String port = matcher.group(2);
    boolean isDefault =
        port == null || port.isEmpty() || port.equals(scheme.equals("https") ? "443" : "80");
    return Optional.of(isDefault ? matcher.group(1) : matcher.group(1) + ":" + port);
  }
}
