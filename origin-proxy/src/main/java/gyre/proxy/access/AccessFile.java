package gyre.proxy.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import gyre.operations.config.AccessLogConfig;
import gyre.operations.start.StartFailure;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends lines to a file of mode 600, on the thread {@code gyre-access}. At most {@link #QUEUE}
 * wait; what finds no room, or cannot be written, is counted in {@code gyre.proxy.access.lost}.
 */
public final class AccessFile implements AccessLog, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AccessFile.class);
  private static final int QUEUE = 8_192;

  private final AccessLogConfig config;
  private final Counter lost;
  private final BufferedWriter out;
  private final BlockingQueue<Access> waiting = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread =
      Thread.ofPlatform().name("gyre-access").daemon(true).unstarted(this::run);
  private boolean isBroken;

  private AccessFile(AccessLogConfig config, Counter lost, BufferedWriter out) {
    this.config = config;
    this.lost = lost;
    this.out = out;
  }

  /** A StartFailure says why the file cannot be had. */
  public static AccessFile open(AccessLogConfig config, MeterRegistry metrics) {
    Path file = config.file();
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      BufferedWriter out = Files.newBufferedWriter(file, UTF_8, StandardOpenOption.APPEND);
      AccessFile opened =
          new AccessFile(config, Counter.builder("gyre.proxy.access.lost").register(metrics), out);
      opened.thread.start();
      return opened;
    } catch (IOException e) {
      throw new StartFailure(
          "cannot write " + file + " (" + e + "); change access-log.file, or its folder's mode", e);
    }
  }

  @Override
  public void answered(Access access) {
    if (!waiting.offer(access)) {
      lost.increment();
    }
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        write(waiting.take());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Access access) {
    try {
      out.write(AccessFormat.line(access, config.format()));
      out.write('\n');
      if (waiting.isEmpty()) {
        out.flush();
      }
      isBroken = false;
    } catch (IOException e) {
      lost.increment();
      if (!isBroken) {
        log.error("{} cannot be written", config.file(), e);
      }
      isBroken = true;
    }
  }

  /** Writes what waits, and closes the file. */
  @Override
  public void close() throws IOException {
    thread.interrupt();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Access left = waiting.poll(); left != null; left = waiting.poll()) {
      write(left);
    }
    out.close();
  }
}
