package gyre.proxy.http.h1;

import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Refusal;
import gyre.wire.Limits;
import io.netty.buffer.ByteBuf;

/**
 * The requests of one connection, pulled one part at a time from the bytes that have arrived. Owned
 * by the connection's event loop.
 */
final class RequestParser {
  private static final int HEAD = HeadParser.REQUEST_LINE + Limits.HEADERS_TOTAL;

  private sealed interface State {
    /**
     * {@code scanned} bytes hold no end of the head yet; the current line begins at {@code line}.
     */
    record Head(int scanned, int line) implements State {}

    record Fixed(long left) implements State {}

    record Chunks(ChunkedParser parser) implements State {}

    record Ended() implements State {}
  }

  private static final State NEW = new State.Head(0, 0);

  private final String scheme;
  private final long largestBody;
  private State state = NEW;

  RequestParser(String scheme, long largestBody) {
    this.scheme = scheme;
    this.largestBody = largestBody;
  }

  /** Consumes what it returns; the caller stops after {@code Malformed}. */
  Parsed next(ByteBuf in) {
    return switch (state) {
      case State.Head head -> head(in, head);
      case State.Fixed fixed -> fixed(in, fixed.left());
      case State.Chunks chunks -> chunked(in, chunks.parser());
      case State.Ended ended -> {
        state = NEW;
        yield Parsed.END;
      }
    };
  }

  /** Whether a part of a head has arrived. */
  boolean isInsideHead(ByteBuf in) {
    return state instanceof State.Head && in.isReadable();
  }

  private Parsed head(ByteBuf in, State.Head progress) {
    if (progress.equals(NEW) && !skipEmptyLine(in)) {
      return Parsed.INCOMPLETE;
    }
    int start = in.readerIndex();
    int from = start + progress.scanned();
    int line = start + progress.line();
    int newline = in.indexOf(from, in.writerIndex(), (byte) '\n');
    while (newline >= 0) {
      if (newline == start || in.getByte(newline - 1) != '\r' || hasBareReturn(in, line, newline)) {
        return new Parsed.Malformed(400, "a line that does not end with CR LF");
      }
      if (newline - line == 1) {
        return complete(in, newline + 1 - start);
      }
      line = newline + 1;
      newline = in.indexOf(line, in.writerIndex(), (byte) '\n');
    }
    if (in.readableBytes() > HEAD) {
      return line == start
          ? new Parsed.Malformed(414, "the request line is longer than " + HEAD + " bytes")
          : new Parsed.Malformed(431, "the head is longer than " + HEAD + " bytes");
    }
    state = new State.Head(in.readableBytes(), line - start);
    return Parsed.INCOMPLETE;
  }

  private static boolean hasBareReturn(ByteBuf in, int line, int newline) {
    return in.indexOf(line, newline - 1, (byte) '\r') >= 0;
  }

  /** One empty line before a request is tolerated (RFC 9112, 2.2). False: bytes are missing. */
  private static boolean skipEmptyLine(ByteBuf in) {
    if (in.readableBytes() < 2) {
      return false;
    }
    if (in.getByte(in.readerIndex()) == '\r' && in.getByte(in.readerIndex() + 1) == '\n') {
      in.skipBytes(2);
    }
    return in.isReadable();
  }

  private Parsed complete(ByteBuf in, int length) {
    if (length > HEAD) {
      return new Parsed.Malformed(431, "the head is longer than " + HEAD + " bytes");
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    Parsed parsed = HeadParser.parse(bytes, scheme);
    if (parsed instanceof Parsed.Head head) {
      if (head.head().framing() instanceof Framing.Length(long body) && body > largestBody) {
        return new Parsed.Malformed(Refusal.tooLarge(largestBody));
      }
      state =
          switch (head.head().framing()) {
            case Framing.None _, Framing.Tunnel _ -> new State.Ended();
            case Framing.Length fixed -> new State.Fixed(fixed.bytes());
            case Framing.Delimited delimited -> new State.Chunks(new ChunkedParser(largestBody));
          };
    }
    return parsed;
  }

  private Parsed fixed(ByteBuf in, long left) {
    if (!in.isReadable()) {
      return Parsed.INCOMPLETE;
    }
    int length = (int) Math.min(left, in.readableBytes());
    state = left == length ? new State.Ended() : new State.Fixed(left - length);
    return new Parsed.Content(in.readRetainedSlice(length));
  }

  private Parsed chunked(ByteBuf in, ChunkedParser parser) {
    Parsed parsed = parser.next(in);
    if (parsed instanceof Parsed.End) {
      state = NEW;
    }
    return parsed;
  }
}
