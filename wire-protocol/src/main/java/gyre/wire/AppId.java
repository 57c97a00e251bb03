package gyre.wire;

import java.util.regex.Pattern;

/** One version of an app: its name and the SHA-256 of its script. Text form: {@code name@code}. */
public record AppId(String name, Digest code) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,63}");

  public AppId {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not the name of an app: " + name);
    }
  }

  public static AppId parse(String text) {
    int at = text.indexOf('@');
    if (at < 0) {
      throw new IllegalArgumentException("not an app id: " + text);
    }
    return new AppId(text.substring(0, at), Digest.parse(text.substring(at + 1)));
  }

  @Override
  public String toString() {
    return name + "@" + code;
  }
}
