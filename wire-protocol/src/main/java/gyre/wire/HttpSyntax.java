package gyre.wire;

/** The few productions of RFC 9110 and RFC 9112 that a frame is held to. */
final class HttpSyntax {
  private static final boolean[] IN_TOKEN = new boolean[128];
  private static final boolean[] IN_VALUE = new boolean[128];

  static {
    for (char c = '0'; c <= 'z'; c++) {
      IN_TOKEN[c] = Character.isLetterOrDigit(c);
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      IN_TOKEN[c] = true;
    }
    for (char c = ' '; c < 0x7f; c++) {
      IN_VALUE[c] = true;
    }
    IN_VALUE['\t'] = true;
  }

  private HttpSyntax() {}

  /** RFC 9110, 5.6.2. */
  static boolean isToken(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 128 || !IN_TOKEN[c]) {
        return false;
      }
    }
    return true;
  }

  /** RFC 9110, 5.5: visible characters, blanks and what is beyond ASCII; no control character. */
  static boolean isFieldValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 128 && !IN_VALUE[c]) {
        return false;
      }
    }
    return true;
  }

  /** RFC 9112, 3.2: never empty, visible ASCII only. */
  static boolean isTarget(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }
}
