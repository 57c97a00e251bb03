package gyre.wire;

/** The few productions of RFC 9110 and RFC 9112 that a frame is held to. */
final class HttpSyntax {
  private static final String MARKS = "!#$%&'*+-.^_`|~";

  private HttpSyntax() {}

  /** RFC 9110, 5.6.2. */
  static boolean isToken(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && MARKS.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /** RFC 9110, 5.5: visible characters, blanks and what is beyond ASCII; no control character. */
  static boolean isFieldValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
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
