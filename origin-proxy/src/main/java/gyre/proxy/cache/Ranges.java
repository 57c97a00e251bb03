package gyre.proxy.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the field Range for content of a known size (RFC 9110, 14.1 and 14.2). What is no range of
 * bytes, or too much of one, is passed over: more than {@link #MOST} ranges, or more than {@link
 * #OVERLAPPING} that overlap others, ask for more work than an answer is worth. Pure.
 */
final class Ranges {
  private static final Pattern FIELD =
      Pattern.compile("bytes\\s*=(.{1,1000})", Pattern.CASE_INSENSITIVE);
  private static final Pattern ONE = Pattern.compile("(\\d{0,18})-(\\d{0,18})");
  private static final int MOST = 16;
  private static final int OVERLAPPING = 2;

  private final long size;
  private final List<Selection.Partial> parts = new ArrayList<>();
  private int overlaps;
  private boolean isNone;

  private Ranges(long size) {
    this.size = size;
  }

  static Selection of(String field, long size) {
    Matcher matcher = FIELD.matcher(field.strip());
    if (!matcher.matches()) {
      return new Selection.Full();
    }
    String[] members = matcher.group(1).split(",", -1);
    Ranges ranges = new Ranges(size);
    for (String member : members) {
      ranges.add(member.strip());
    }
    return members.length > MOST ? new Selection.Full() : ranges.selection();
  }

  private Selection selection() {
    if (isNone || overlaps > OVERLAPPING) {
      return new Selection.Full();
    }
    return switch (parts.size()) {
      case 0 -> new Selection.Unsatisfiable(size);
      case 1 -> parts.getFirst();
      default -> new Selection.Several(parts, size);
    };
  }

  private void add(String member) {
    Matcher range = ONE.matcher(member);
    if (!range.matches() || member.equals("-")) {
      isNone = true;
      return;
    }
    String first = range.group(1);
    String last = range.group(2);
    if (first.isEmpty()) {
      long suffix = Math.min(Long.parseLong(last), size);
      add(size - suffix, size - 1);
    } else if (!last.isEmpty() && Long.parseLong(last) < Long.parseLong(first)) {
      isNone = true;
    } else {
      long to = last.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(last));
      add(Long.parseLong(first), to);
    }
  }

  /** Ranges that touch or overlap become one; what lies beyond the end is left out. */
  private void add(long from, long to) {
    if (from > to) {
      return;
    }
    long first = from;
    long last = to;
    for (int i = parts.size() - 1; i >= 0; i--) {
      Selection.Partial other = parts.get(i);
      if (first <= other.to() + 1 && other.from() <= last + 1) {
        overlaps += first <= other.to() && other.from() <= last ? 1 : 0;
        first = Math.min(first, other.from());
        last = Math.max(last, other.to());
        parts.remove(i);
      }
    }
    parts.add(new Selection.Partial(first, last, size));
  }
}
