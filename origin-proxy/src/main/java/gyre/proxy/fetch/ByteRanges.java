package gyre.proxy.fetch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.cache.Selection;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** Several parts of one content, as {@code multipart/byteranges} (RFC 9110, 14.6). */
final class ByteRanges implements Body {
  private final String boundary =
      Long.toHexString(ThreadLocalRandom.current().nextLong())
          + Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final Queue<Body> pieces = new ArrayDeque<>();
  private final long length;

  /** {@code type}: of the content, where it is known. */
  ByteRanges(
      List<Selection.Partial> parts,
      Optional<String> type,
      Function<Selection.Partial, Body> content) {
    long bytes = 0;
    for (Selection.Partial part : parts) {
      bytes += add(head(part, type)) + part.length();
      pieces.add(content.apply(part));
    }
    length = bytes + add("\r\n--" + boundary + "--\r\n");
  }

  private String head(Selection.Partial part, Optional<String> type) {
    return "\r\n--"
        + boundary
        + type.map(name -> "\r\nContent-Type: " + name).orElse("")
        + ("\r\nContent-Range: " + part.contentRange() + "\r\n\r\n");
  }

  private int add(String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    pieces.add(Body.of(bytes));
    return bytes.length;
  }

  String type() {
    return "multipart/byteranges; boundary=" + boundary;
  }

  @Override
  public Optional<ByteBuffer> next() throws IOException {
    while (!pieces.isEmpty()) {
      Optional<ByteBuffer> piece = pieces.element().next();
      if (piece.isPresent()) {
        return piece;
      }
      pieces.remove().close();
    }
    return Optional.empty();
  }

  /** Its pieces are in memory, as the content is held. */
  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public boolean announce(Runnable onReady) {
    return false;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(length);
  }

  @Override
  public Headers trailers() {
    return Headers.EMPTY;
  }

  @Override
  public void close() {
    pieces.forEach(Body::close);
    pieces.clear();
  }
}
