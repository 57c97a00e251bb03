package gyre.load.process;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A jar of this build, running as a process of its own; what it prints goes to a log file. Closing
 * asks it to end, and kills it and whatever it started when it takes too long.
 */
public final class ServerProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 8;

  private final String name;
  private final Process process;
  private final Path log;

  private ServerProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Appends to {@code <folder>/<module>.log}. */
  public static ServerProcess start(
      Installation installation, String module, Path folder, List<String> arguments) {
    Path log = folder.resolve(module + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-jar",
            installation.jar(module).toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return new ServerProcess(module, builder.start(), log);
    } catch (IOException e) {
      throw new StartFailure("cannot start " + module + ": " + e.getMessage(), e);
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** It and what it started. */
  public ProcessTree processes() {
    return new ProcessTree(process.toHandle());
  }

  /** The processes that it started, and theirs. */
  public List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /** Everything that it printed so far. */
  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + log, e);
    }
  }

  /** The last lines of the log, for messages. */
  public String lastLines(int count) {
    List<String> lines = log().lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  @Override
  public void close() {
    List<ProcessHandle> children = descendants();
    process.destroy();
    Closing.undisturbed(
        () -> {
          if (!awaitEnd()) {
            process.destroyForcibly();
          }
        });
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private boolean awaitEnd() {
    try {
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
