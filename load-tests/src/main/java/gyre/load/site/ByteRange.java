package gyre.load.site;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a Range header (RFC 9110, 14.2) asks of a representation: one range, or all of it. */
sealed interface ByteRange {
  Pattern FORM = Pattern.compile("bytes=(\\d{0,9})-(\\d{0,9})");

  record Whole() implements ByteRange {}

  record Part(int from, int length) implements ByteRange {}

  record Outside() implements ByteRange {}

  static ByteRange of(Optional<String> header, int size) {
    Matcher matcher = FORM.matcher(header.orElse(""));
    if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
      return new Whole();
    }
    if (matcher.group(1).isEmpty()) {
      int length = Math.min(Integer.parseInt(matcher.group(2)), size);
      return length == 0 ? new Outside() : new Part(size - length, length);
    }
    int from = Integer.parseInt(matcher.group(1));
    int to = matcher.group(2).isEmpty() ? size - 1 : Integer.parseInt(matcher.group(2));
    if (to < from && !matcher.group(2).isEmpty()) {
      return new Whole();
    }
    return from >= size ? new Outside() : new Part(from, Math.min(to, size - 1) - from + 1);
  }
}
