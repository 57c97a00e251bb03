package gyre.load.replay;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * The Combined Log Format: {@code host ident user [time] "request" status bytes "referer" "agent"}.
 * Pure, reads each line once, from left to right; inside quotes a backslash escapes.
 */
final class CombinedFormat {
  static final int LONGEST_LINE = 16_384;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

  private final String line;
  private int place;

  private CombinedFormat(String line) {
    this.line = line;
  }

  static LogLine parse(String line) {
    if (line.length() > LONGEST_LINE) {
      return new LogLine.Malformed("longer than " + LONGEST_LINE + " characters");
    }
    try {
      return new CombinedFormat(line).entry();
    } catch (Broken e) {
      return new LogLine.Malformed(e.getMessage());
    }
  }

  private LogLine entry() throws Broken {
    String host = word("host");
    word("ident");
    word("user");
    Instant time = time(enclosed('[', ']', "time"));
    String request = enclosed('"', '"', "request");
    int status = number(word("status"), "status");
    word("bytes");
    String referer = enclosed('"', '"', "referer");
    String agent = enclosed('"', '"', "agent");
    return entry(host, time, request, status, referer, agent);
  }

  private static LogLine entry(
      String host, Instant time, String request, int status, String referer, String agent)
      throws Broken {
    int first = request.indexOf(' ');
    int last = request.lastIndexOf(' ');
    if (first <= 0 || last <= first) {
      throw new Broken("the request is not method, target, version");
    }
    String target = request.substring(first + 1, last);
    if (!target.startsWith("/")) {
      throw new Broken("the target is not in origin form");
    }
    return new LogLine.Entry(
        time, host + " " + agent, request.substring(0, first), target, status, referer);
  }

  private String word(String what) throws Broken {
    skipSpaces();
    int end = line.indexOf(' ', place);
    if (end < 0) {
      end = line.length();
    }
    if (end == place) {
      throw new Broken("no " + what);
    }
    String word = line.substring(place, end);
    place = end;
    return word;
  }

  private String enclosed(char open, char close, String what) throws Broken {
    skipSpaces();
    if (place >= line.length() || line.charAt(place) != open) {
      throw new Broken("no " + open + " before the " + what);
    }
    StringBuilder text = new StringBuilder();
    for (int i = place + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == close) {
        place = i + 1;
        return text.toString();
      }
      if (c == '\\' && i + 1 < line.length()) {
        i++;
        c = line.charAt(i);
      }
      text.append(c);
    }
    throw new Broken("no " + close + " after the " + what);
  }

  private void skipSpaces() {
    while (place < line.length() && line.charAt(place) == ' ') {
      place++;
    }
  }

  private static int number(String text, String what) throws Broken {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new Broken("the " + what + " is not a number");
    }
  }

  private static Instant time(String text) throws Broken {
    try {
      return OffsetDateTime.parse(text, TIME).toInstant();
    } catch (DateTimeParseException e) {
      throw new Broken("the time is not dd/Mon/yyyy:hh:mm:ss zone");
    }
  }

  /** A line that is not of this format; it stays inside this class. */
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1;

    Broken(String message) {
      super(message, null, false, false);
    }
  }
}
