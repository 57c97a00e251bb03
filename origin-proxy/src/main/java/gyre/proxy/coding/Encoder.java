package gyre.proxy.coding;

import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/**
 * Codes one run of bytes. One call at a time, on a thread that native code may hold; closing frees
 * native memory.
 */
final class Encoder implements AutoCloseable {
  private static final int BUFFER = 16 << 10;

  /** A browser refuses windows of more than 8 MiB (RFC 9659). */
  private static final int LARGEST_WINDOW = 23;

  private static final long LARGE = 1 << 20;
  private static final int SMALLEST_WINDOW = 10;

  /** While somebody waits: 256 KiB of window, about a megabyte of native memory. */
  private static final int WINDOW = 18;

  private final ByteArrayOutputStream sink = new ByteArrayOutputStream(BUFFER);
  private final OutputStream stream;

  private Encoder(Opening opening) throws IOException {
    this.stream = opening.onto(sink);
  }

  private interface Opening {
    OutputStream onto(OutputStream sink) throws IOException;
  }

  /** For somebody who waits. */
  static Encoder fast(Coding coding) throws IOException {
    return switch (coding) {
      case ZSTD -> new Encoder(sink -> zstd(sink, 3, WINDOW));
      case BR -> new Encoder(sink -> brotli(sink, 4, WINDOW));
      case GZIP -> new Encoder(sink -> new Gzip(sink, 5));
    };
  }

  /** For content that is kept: as small as some seconds at the most can make it. */
  static Encoder thorough(Coding coding, long size) throws IOException {
    boolean isLarge = size > LARGE;
    return switch (coding) {
      case ZSTD -> new Encoder(sink -> zstd(sink, size));
      case BR -> new Encoder(sink -> brotli(sink, isLarge ? 6 : 10, 22));
      case GZIP -> new Encoder(sink -> new Gzip(sink, isLarge ? 6 : 9));
    };
  }

  /**
   * Window and tables as large as the content: clearing larger ones takes longer than coding it.
   */
  private static OutputStream zstd(OutputStream sink, long size) throws IOException {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(size);
    int window = Math.clamp(bits, SMALLEST_WINDOW, LARGEST_WINDOW);
    ZstdOutputStreamNoFinalizer stream = zstd(sink, size > LARGE ? 9 : 19, window);
    return size > LARGE ? stream : stream.setHashLog(window).setChainLog(window + 1);
  }

  private static ZstdOutputStreamNoFinalizer zstd(OutputStream sink, int level, int window)
      throws IOException {
    return new ZstdOutputStreamNoFinalizer(sink, level).setWindowLog(window);
  }

  private static OutputStream brotli(OutputStream sink, int quality, int window)
      throws IOException {
    return new BrotliOutputStream(
        sink,
        com.aayushatharva.brotli4j.encoder.Encoder.Parameters.create(quality, window),
        BUFFER);
  }

  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream sink, int level) throws IOException {
      super(sink, BUFFER, true);
      def.setLevel(level);
    }
  }

  void write(ByteBuffer bytes) throws IOException {
    byte[] plain = new byte[bytes.remaining()];
    bytes.get(plain);
    stream.write(plain);
  }

  /** What was coded since, so that a reader can decode all that was written. */
  byte[] flush() throws IOException {
    stream.flush();
    return taken();
  }

  /** What was coded since, with the end of it all. */
  byte[] finish() throws IOException {
    stream.close();
    return taken();
  }

  /** What was coded since, as far as it goes. */
  byte[] taken() {
    byte[] coded = sink.toByteArray();
    sink.reset();
    return coded;
  }

  @Override
  public void close() {
    try {
      stream.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a stream in memory cannot fail", e);
    }
  }
}
