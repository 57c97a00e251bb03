package gyre.proxy.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies what one process prints into the log, line by line, with the app's name before it. Strange
 * code prints it: a line is cut at {@value #LONGEST} bytes, control characters become blanks, and
 * of more than {@value #PER_SECOND} lines a second the rest is only counted. What it says before
 * {@link #release} is held back: where the process does not start, its supervisor says so in one
 * line.
 *
 * <p>Runs on a platform thread of its own until the stream ends: reading a pipe is a native call.
 */
final class ProcessLines {
  static final int LONGEST = 2_000;
  static final int PER_SECOND = 50;

  private static final int MOST_HELD = 8;

  private static final Logger LOG = LoggerFactory.getLogger("gyre.proxy.app.output");

  private final String app;
  private final byte[] line = new byte[LONGEST];
  private int length;
  private long second;
  private int printed;
  private long dropped;
  private final List<String> held = new ArrayList<>();
  private boolean released;

  ProcessLines(String app) {
    this.app = app;
  }

  Thread follow(InputStream output) {
    return Thread.ofPlatform().daemon().name("executor-output-" + app).start(() -> copy(output));
  }

  /** What the process said while it was held back, as one line: why it does not start. */
  synchronized String heldBack() {
    return String.join(" ", held);
  }

  /** The process has started: prints what was held back, and everything from here on. */
  synchronized void release() {
    released = true;
    held.forEach(this::print);
    held.clear();
  }

  private void copy(InputStream output) {
    byte[] buffer = new byte[8_192];
    try (output) {
      for (int read = output.read(buffer); read >= 0; read = output.read(buffer)) {
        for (int i = 0; i < read; i++) {
          take(buffer[i]);
        }
      }
    } catch (IOException e) {
      LOG.debug("[{}] its output ended", app, e);
    }
    endOfLine();
  }

  private void take(byte octet) {
    if (octet == '\n') {
      endOfLine();
    } else if (length < LONGEST) {
      line[length++] = octet;
    }
  }

  private void endOfLine() {
    String text = new String(line, 0, length, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", " ");
    length = 0;
    if (!text.isBlank()) {
      printOrHold(text.strip());
    }
  }

  private synchronized void printOrHold(String text) {
    if (released) {
      print(text);
    } else if (held.size() < MOST_HELD) {
      held.add(text);
    }
  }

  private void print(String text) {
    long now = System.nanoTime() / 1_000_000_000;
    if (now != second) {
      if (dropped > 0) {
        LOG.info("[{}] … {} more lines", app, dropped);
      }
      second = now;
      printed = 0;
      dropped = 0;
    }
    if (printed < PER_SECOND) {
      printed++;
      LOG.info("[{}] {}", app, text);
    } else {
      dropped++;
    }
  }
}
