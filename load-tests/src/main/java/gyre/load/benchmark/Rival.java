package gyre.load.benchmark;

import gyre.load.process.Await;
import gyre.load.process.Closing;
import gyre.load.process.Ports;
import gyre.load.process.ProcessTree;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that is not Gyre and is measured beside it. Closing ends it with its children. */
final class Rival implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(10);
  private static final Duration ENDED = Duration.ofSeconds(5);

  private final Process process;
  private final int port;

  private Rival(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Blocks until it listens at that port of loopback; what it prints goes to the log. */
  static Rival start(List<String> command, int port, Path log) {
    Process process = process(command, log);
    Rival rival = new Rival(process, port);
    try {
      Await.until(
          command.getFirst() + " listens; it wrote to " + log, READY, () -> !Ports.isFree(port));
      return rival;
    } catch (RuntimeException e) {
      rival.close();
      throw e;
    }
  }

  private static Process process(List<String> command, Path log) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
    } catch (IOException e) {
      throw new StartFailure("cannot run " + command.getFirst() + " (" + e.getMessage() + ")", e);
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  ProcessTree processes() {
    return new ProcessTree(process.toHandle());
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    Closing.undisturbed(this::awaitEnd);
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(ENDED.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
