package gyre.wire;

/** UTF-8 (RFC 3629) of a string, measured without making it. */
public final class Utf8 {
  private Utf8() {}

  /** Bytes that the text has in UTF-8; IllegalArgumentException where a surrogate stands alone. */
  public static int length(String text) {
    int chars = text.length();
    int length = chars;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        continue;
      }
      if (c < 0x800) {
        length++;
      } else if (!Character.isSurrogate(c)) {
        length += 2;
      } else if (isPair(text, i)) {
        length += 2;
        i++;
      } else {
        throw new IllegalArgumentException("a surrogate stands alone at character " + i);
      }
    }
    return length;
  }

  private static boolean isPair(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at))
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1));
  }
}
