package gyre.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** One of Gyre's servers as a process of its own, with what it printed. */
final class Server implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  private Server(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().start(this::read);
  }

  static Server start(String main, Path config) throws IOException {
    return new Server(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main,
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .start());
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException destroyed) {
      lines.add(destroyed.toString());
    }
  }

  /** Waits until it has ended by itself and everything that it said was read; its exit status. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS) || !reader.join(Duration.ofSeconds(5))) {
      throw new AssertionError("it does not end; it said " + lines);
    }
    return process.exitValue();
  }

  List<String> lines() {
    return lines;
  }

  List<String> linesWith(String text) {
    return lines.stream().filter(line -> line.contains(text)).toList();
  }

  Process process() {
    return process;
  }

  List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /** Those with this text in their command line: Chrome writes its own with blanks in it. */
  List<ProcessHandle> descendants(String text) {
    return process.descendants().filter(child -> commandLine(child).contains(text)).toList();
  }

  private static String commandLine(ProcessHandle child) {
    try {
      return Files.readString(Path.of("/proc/" + child.pid() + "/cmdline"));
    } catch (IOException ended) {
      return "";
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
