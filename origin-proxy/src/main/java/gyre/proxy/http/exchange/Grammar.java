package gyre.proxy.http.exchange;

/** Which bytes may stand where (RFC 9110, 5.5 and 5.6.2). */
public final class Grammar {
  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (char c = 'a'; c <= 'z'; c++) {
      TOKEN[c] = true;
      TOKEN[c - 32] = true;
    }
    for (char c = '0'; c <= '9'; c++) {
      TOKEN[c] = true;
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  private Grammar() {}

  public static boolean isToken(byte b) {
    return b >= 0 && TOKEN[b];
  }

  public static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** VCHAR, obs-text, blank. */
  public static boolean isFieldContent(byte b) {
    return b < 0 || (b >= ' ' && b != 0x7f) || b == '\t';
  }
}
