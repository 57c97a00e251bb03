package gyre.load.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A process and everything below it, as /proc shows them. */
public record ProcessTree(ProcessHandle root) {
  /** USER_HZ of every Linux on x86-64: the unit of the times in /proc/PID/stat. */
  private static final double TICKS_PER_SECOND = 100;

  /** The outermost process below this one whose command line has this text. */
  public static ProcessTree below(String text) {
    Predicate<ProcessHandle> matches = process -> commandLine(process).contains(text);
    return ProcessHandle.current()
        .descendants()
        .filter(matches)
        .filter(process -> process.parent().filter(matches).isEmpty())
        .filter(process -> !commandLine(process).contains("chromedriver"))
        .findFirst()
        .map(ProcessTree::new)
        .orElseThrow(() -> new IllegalStateException("no process was started with " + text));
  }

  /** CPU seconds, user and system, that those who are alive now have used so far. */
  public double cpuSeconds() {
    return Stream.concat(Stream.of(root), root.descendants())
        .mapToDouble(process -> cpuSeconds(process.pid()))
        .sum();
  }

  /** Bytes of memory that those who are alive now have in use, each shared page in its share. */
  public long residentBytes() {
    return Stream.concat(Stream.of(root), root.descendants())
        .mapToLong(process -> residentBytes(process.pid()))
        .sum();
  }

  private static long residentBytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    } catch (IOException ended) {
      return 0;
    }
  }

  /** SIGKILL for all of them. */
  public void end() {
    List<ProcessHandle> all = Stream.concat(root.descendants(), Stream.of(root)).toList();
    all.forEach(ProcessHandle::destroyForcibly);
  }

  /** Those below it whose command line, as /proc has it, contains this text. */
  public static List<ProcessHandle> with(String text, List<ProcessHandle> among) {
    return among.stream().filter(process -> commandLine(process).contains(text)).toList();
  }

  private static double cpuSeconds(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The name in parentheses may contain anything; the fields after it are separated by spaces.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    } catch (IOException ended) {
      return 0;
    }
  }

  private static String commandLine(ProcessHandle process) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline"));
      return new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ');
    } catch (IOException ended) {
      return "";
    }
  }
}
