package gyre.proxy.coding;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** What a client makes of coded bytes. */
public final class Decoded {
  private Decoded() {}

  public static String text(String coding, byte[] coded) throws IOException {
    try (InputStream in = stream(coding, new ByteArrayInputStream(coded))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** What can be decoded of the first bytes, before the others come. */
  public static String begun(String coding, byte[] coded, int length) throws IOException {
    if (coding.equals("br")) {
      Brotli4jLoader.ensureAvailability();
      DecoderJNI.Wrapper decoder = new DecoderJNI.Wrapper(coded.length);
      decoder.getInputBuffer().put(coded);
      decoder.push(coded.length);
      return decoder.hasOutput() ? UTF_8.decode(decoder.pull()).toString() : "";
    }
    return new String(stream(coding, new ByteArrayInputStream(coded)).readNBytes(length), UTF_8);
  }

  private static InputStream stream(String coding, InputStream coded) throws IOException {
    return switch (coding) {
      case "zstd" -> new ZstdInputStreamNoFinalizer(coded);
      case "br" -> {
        Brotli4jLoader.ensureAvailability();
        yield new BrotliInputStream(coded);
      }
      case "gzip" -> new GZIPInputStream(coded);
      default -> coded;
    };
  }
}
