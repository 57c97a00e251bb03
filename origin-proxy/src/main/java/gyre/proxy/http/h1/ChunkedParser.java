package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.message.Headers;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One chunked body (RFC 9112, 7.1), strictly: lines end with CR LF, sizes have at most 8 digits.
 * Extensions are checked and dropped, trailers are checked and kept.
 */
final class ChunkedParser {
  private static final int SIZE_LINE = 256;
  private static final int TRAILERS = 8 << 10;
  private static final Pattern SIZE =
      Pattern.compile("([0-9a-fA-F]{1,8})(?:[ \\t]*;[\\x20-\\x7e\\t]*)?");
  private static final Pattern TRAILER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\\x20-\\x7e\\x80-\\xff\\t]*)");

  private enum State {
    SIZE,
    DATA,
    AFTER_DATA,
    TRAILERS
  }

  private final long largest;
  private State state = State.SIZE;
  private long total;
  private long left;
  private int trailerBytes;
  private final List<HeaderField> trailers = new ArrayList<>(0);

  ChunkedParser(long largest) {
    this.largest = largest;
  }

  Parsed next(ByteBuf in) {
    while (true) {
      switch (state) {
        case SIZE -> {
          Line line = line(in, SIZE_LINE);
          if (!(line instanceof Line.Text text)) {
            return failure(line, "chunk size");
          }
          Matcher size = SIZE.matcher(text.text());
          if (!size.matches()) {
            return new Parsed.Malformed(400, "not a chunk size");
          }
          left = Long.parseLong(size.group(1), 16);
          total += left;
          if (total > largest) {
            return new Parsed.Malformed(Refusal.tooLarge(largest));
          }
          state = left == 0 ? State.TRAILERS : State.DATA;
        }
        case DATA -> {
          return data(in);
        }
        case AFTER_DATA -> {
          if (in.readableBytes() < 2) {
            return Parsed.INCOMPLETE;
          }
          if (in.readByte() != '\r' || in.readByte() != '\n') {
            return new Parsed.Malformed(400, "a chunk that is longer than its size");
          }
          state = State.SIZE;
        }
        case TRAILERS -> {
          Line line = line(in, TRAILERS - trailerBytes);
          if (!(line instanceof Line.Text text)) {
            return failure(line, "trailer section");
          }
          if (text.text().isEmpty()) {
            return trailers.isEmpty() ? Parsed.END : new Parsed.End(new Headers(trailers));
          }
          if (!isTrailer(text.text())) {
            return new Parsed.Malformed(400, "not a trailer field");
          }
          trailerBytes += text.text().length() + 2;
        }
      }
    }
  }

  private boolean isTrailer(String line) {
    Matcher field = TRAILER.matcher(line);
    if (!field.matches() || trailers.size() == Limits.HEADERS) {
      return false;
    }
    try {
      trailers.add(new HeaderField(field.group(1), field.group(2).strip()));
      return true;
    } catch (IllegalArgumentException e) {
      return false; // longer than a header may be
    }
  }

  private Parsed data(ByteBuf in) {
    if (!in.isReadable()) {
      return Parsed.INCOMPLETE;
    }
    int length = (int) Math.min(left, in.readableBytes());
    left -= length;
    if (left == 0) {
      state = State.AFTER_DATA;
    }
    return new Parsed.Content(in.readRetainedSlice(length));
  }

  private sealed interface Line {
    record Text(String text) implements Line {}

    record Missing() implements Line {}

    record Broken() implements Line {}

    record TooLong() implements Line {}
  }

  private static Parsed failure(Line line, String what) {
    return switch (line) {
      case Line.Missing missing -> Parsed.INCOMPLETE;
      case Line.TooLong tooLong -> new Parsed.Malformed(400, "a " + what + " beyond the limit");
      case Line.Broken broken -> new Parsed.Malformed(400, "a line that does not end with CR LF");
      case Line.Text text -> new Parsed.Malformed(400, "not a " + what);
    };
  }

  private static Line line(ByteBuf in, int limit) {
    int newline = in.indexOf(in.readerIndex(), in.writerIndex(), (byte) '\n');
    if (newline < 0) {
      return in.readableBytes() > limit ? new Line.TooLong() : new Line.Missing();
    }
    int length = newline - in.readerIndex() - 1;
    if (length > limit) {
      return new Line.TooLong();
    }
    if (length < 0 || in.getByte(newline - 1) != '\r') {
      return new Line.Broken();
    }
    String text = in.readCharSequence(length, ISO_8859_1).toString();
    in.skipBytes(2);
    return text.indexOf('\r') >= 0 ? new Line.Broken() : new Line.Text(text);
  }
}
