package gyre.load.replay;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

/**
 * Reads a log line by line, however large it is; a line past the limit is malformed, not memory.
 */
final class LogLines implements AutoCloseable {
  private final Reader reader;

  /** {@code reader} should be a buffered one; it is closed with this. */
  LogLines(Reader reader) {
    this.reader = reader;
  }

  /** Empty at the end of the log. */
  Optional<LogLine> next() throws IOException {
    StringBuilder line = new StringBuilder();
    int c = reader.read();
    if (c < 0) {
      return Optional.empty();
    }
    for (; c >= 0 && c != '\n'; c = reader.read()) {
      if (line.length() <= CombinedFormat.LONGEST_LINE && c != '\r') {
        line.append((char) c);
      }
    }
    return Optional.of(CombinedFormat.parse(line.toString()));
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
