package gyre.proxy.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A path as rules see it (RFC 3986, 6.2.2): percent-encoding undone once, dot segments and empty
 * segments removed, so that no spelling slips past a rule. Only for matching: what is sent on keeps
 * its spelling.
 */
final class NormalPath {
  private NormalPath() {}

  static String of(String path) {
    boolean isPlain = path.indexOf('%') < 0 && !path.contains("/.") && !path.contains("//");
    return isPlain ? path : withoutDots(decoded(path));
  }

  private static String decoded(String path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      int high = c == '%' && i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
      int low = high >= 0 ? Character.digit(path.charAt(i + 2), 16) : -1;
      if (low >= 0) {
        bytes.write(high * 16 + low);
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toString(UTF_8);
  }

  private static String withoutDots(String path) {
    Deque<String> kept = new ArrayDeque<>();
    String[] segments = path.split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      String segment = segments[i];
      boolean isLast = i == segments.length - 1;
      switch (segment) {
        case "", "." -> {}
        case ".." -> kept.pollLast();
        default -> kept.addLast(segment);
      }
      boolean endsInFolder =
          isLast && (segment.isEmpty() || segment.equals(".") || segment.equals(".."));
      if (endsInFolder && !kept.isEmpty()) {
        kept.addLast("");
      }
    }
    return "/" + String.join("/", kept);
  }
}
