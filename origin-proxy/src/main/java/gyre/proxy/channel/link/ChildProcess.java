package gyre.proxy.channel.link;

import gyre.operations.run.RunFolder;
import gyre.proxy.channel.ChildSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The operating system's side of one channel child: its process, its Unix socket, and the folder of
 * mode 700 that holds the socket and the native library it unpacks. However the proxy ends, the
 * socket closes, and with that the child.
 */
final class ChildProcess implements AutoCloseable {
  private static final String MAIN = "gyre.proxy.channel.child.ChannelChild";

  /** An interrupt from the terminal is the proxy's business: it drains first, then ends this. */
  private static final String LAUNCH = "trap '' INT; exec \"$@\"";

  private final RunFolder folder;
  private final Process process;
  private final ChildSocket socket;

  private final AtomicBoolean closed = new AtomicBoolean();

  private ChildProcess(RunFolder folder, Process process, ChildSocket socket) {
    this.folder = folder;
    this.process = process;
    this.socket = socket;
  }

  /** Starts a child and waits until it has connected, at most so long. */
  static ChildProcess start(String name, Duration deadline) throws IOException {
    RunFolder folder = RunFolder.create("gyre-channel");
    Path path = folder.path().resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Process process = launch(folder.path(), path);
      try {
        SocketChannel accepted = accept(server, process, deadline);
        return new ChildProcess(folder, process, new ChildSocket(accepted, name));
      } catch (IOException e) {
        process.destroyForcibly();
        throw e;
      }
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  private static Process launch(Path folder, Path socket) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            LAUNCH,
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + folder,
            "-Djava.awt.headless=true",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            MAIN,
            socket.toString());
    builder.environment().keySet().retainAll(List.of("PATH", "LANG", "LD_LIBRARY_PATH"));
    return builder
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Closing the server socket is what ends a wait that the child never answers. */
  private static SocketChannel accept(
      ServerSocketChannel server, Process process, Duration deadline) throws IOException {
    Thread guard =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
                    server.close();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    try {
      return server.accept();
    } catch (IOException e) {
      throw new IOException(
          "the channel child did not connect within "
              + deadline
              + " (alive: "
              + process.isAlive()
              + ")",
          e);
    } finally {
      guard.interrupt();
    }
  }

  ChildSocket socket() {
    return socket;
  }

  long pid() {
    return process.pid();
  }

  /** Kills what is left of it: it has nothing to save. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    socket.close();
    process.destroyForcibly();
    try {
      process.waitFor(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    folder.close();
  }
}
