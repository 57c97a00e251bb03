package gyre.load.benchmark;

import gyre.operations.start.StartFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another JVM, through jcmd. */
final class JavaHeap {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private JavaHeap() {}

  /**
   * Bytes that are reachable: after a full collection. Only for a JVM: others take what jcmd does
   * first (SIGQUIT) for an order to end.
   */
  static long liveBytes(long pid) {
    jcmd(pid, "GC.run");
    long used =
        jcmd(pid, "GC.heap_info")
            .lines()
            .filter(line -> line.contains("total"))
            .map(USED::matcher)
            .filter(Matcher::find)
            .mapToLong(match -> Long.parseLong(match.group(1)) << 10)
            .sum();
    if (used == 0) {
      throw new StartFailure("jcmd said nothing of use of process " + pid);
    }
    return used;
  }

  private static String jcmd(long pid, String command) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    return LoadGenerator.output(
        List.of(jcmd.toString(), Long.toString(pid), command), "temurin-25-jdk");
  }
}
