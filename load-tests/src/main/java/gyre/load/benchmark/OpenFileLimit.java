package gyre.load.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many files a process may have open, as far as it may raise that itself. */
final class OpenFileLimit {
  private static final Pattern HARD = Pattern.compile("Max open files\\s+\\d+\\s+(\\d+)");

  /** For all else that a server has open. */
  private static final int OTHERS = 1_000;

  private OpenFileLimit() {}

  /** How many connections a server may have that is started from here. */
  static int connections() throws IOException {
    Matcher limit = HARD.matcher(Files.readString(Path.of("/proc/self/limits")));
    return limit.find()
        ? (int) Math.min(Integer.MAX_VALUE, Long.parseLong(limit.group(1)) - OTHERS)
        : Integer.MAX_VALUE; // "unlimited"
  }
}
