package gyre.proxy.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operating system's side of one running app: a workerd process and its two Unix sockets, in a
 * folder of mode 700.
 *
 * <p>The process never outlives the proxy, however that ends: a shell beside it waits on the pipe
 * that is the proxy's end of standard input, and kills it when the pipe closes without a farewell.
 */
final class WorkerdProcess implements AutoCloseable {
  /**
   * $$ stays the shell's process id in the subshell, and becomes workerd's by exec. The core file
   * of a strange program is nobody's need; when memory runs out it goes before the proxy does; an
   * interrupt from the terminal is the proxy's business.
   */
  private static final String LAUNCH =
      """
      trap '' INT
      ulimit -c 0
      echo 500 2>/dev/null >/proc/self/oom_score_adj
      exec 3<&0
      (read farewell || kill -9 $$) <&3 3<&- >/dev/null 2>&1 &
      exec "$@" </dev/null 3<&-
      """;

  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final long PAGE = 4_096;
  private static final Logger LOG = LoggerFactory.getLogger(WorkerdProcess.class);

  private final Process process;
  private final ProcessLines lines;
  private final Path app;
  private final Path alive;
  private volatile String killedBecause = "";

  private WorkerdProcess(Process process, ProcessLines lines, Path app, Path alive) {
    this.process = process;
    this.lines = lines;
    this.app = app;
    this.alive = alive;
  }

  /**
   * Starts the process; its sockets' names are new each time, so that no kept connection of an
   * earlier one is taken for its own. The folder holds the configuration and the script.
   */
  static WorkerdProcess start(Path binary, Path folder, String name, int generation)
      throws IOException {
    Path app = folder.resolve(WorkerdConfig.APP_SOCKET + generation);
    Path alive = folder.resolve(WorkerdConfig.ALIVE_SOCKET + generation);
    Files.deleteIfExists(app);
    Files.deleteIfExists(alive);
    ProcessBuilder builder =
        new ProcessBuilder(
            command(
                binary.toAbsolutePath().toString(),
                "serve",
                "--socket-addr=" + WorkerdConfig.APP_SOCKET + "=unix:" + app.getFileName(),
                "--socket-addr=" + WorkerdConfig.ALIVE_SOCKET + "=unix:" + alive.getFileName(),
                "config.capnp"));
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/bin:/bin");
    Process process = builder.directory(folder.toFile()).redirectErrorStream(true).start();
    ProcessLines lines = new ProcessLines(name);
    lines.follow(process.getInputStream());
    return new WorkerdProcess(process, lines, app, alive);
  }

  private static List<String> command(String... workerd) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", LAUNCH, "sh"));
    command.addAll(List.of(workerd));
    return command;
  }

  Path appSocket() {
    return app;
  }

  Path aliveSocket() {
    return alive;
  }

  ProcessLines lines() {
    return lines;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits at most so long for its end. */
  boolean hasEndedWithin(Duration patience) throws InterruptedException {
    return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Resident memory in bytes; empty where the system does not tell. */
  OptionalLong memory() {
    try {
      String[] pages = Files.readString(Path.of("/proc/" + pid() + "/statm")).split(" ", 3);
      return OptionalLong.of(Long.parseLong(pages[1]) * PAGE);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  void kill(String because) {
    killedBecause = because;
    process.destroyForcibly();
  }

  /** Why it ended, once it has. */
  String end() {
    if (!killedBecause.isEmpty()) {
      return killedBecause;
    }
    if (process.isAlive()) {
      return "it does not die";
    }
    String said = lines.heldBack();
    int status = process.exitValue();
    String how = status > 128 ? "killed by signal " + (status - 128) : "exit status " + status;
    return said.isEmpty() ? how : how + ": " + said;
  }

  /** Asks it to end, and kills it when it does not: one that loops never hears the question. */
  @Override
  public void close() {
    try {
      process.destroy();
      if (!hasEndedWithin(GRACE)) {
        process.destroyForcibly();
        hasEndedWithin(GRACE);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    sayFarewell();
    try {
      Files.deleteIfExists(app);
      Files.deleteIfExists(alive);
    } catch (IOException e) {
      LOG.debug("a socket of a process that ended stays", e);
    }
  }

  /** Lets the watching shell end without a kill: the process id may be somebody else's by now. */
  private void sayFarewell() {
    try (var input = process.getOutputStream()) {
      input.write("ended\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      LOG.trace("the watching shell is gone already", e);
    }
  }
}
