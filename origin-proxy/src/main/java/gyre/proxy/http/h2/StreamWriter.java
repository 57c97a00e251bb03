package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.Outbox;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.http.exchange.ResponseFields;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far the answer of one stream has been sent: its head, then its content, piece by piece as the
 * windows admit. Owned by the event loop.
 */
final class StreamWriter {
  /** Content that leaves in one buffer with its head. */
  private static final int MERGED = 16 << 10;

  private static final int HEAD = 512;

  /** What a client has to take until the deadline for its progress begins anew. */
  private static final int PROGRESS = 16 << 10;

  /** What became of a turn. */
  enum Turn {
    /** Something was sent; there may be more. */
    SENT,
    /** The connection's window is used up. */
    CONNECTION_FULL,
    /** The stream's own window is used up. */
    STREAM_FULL,
    /** Nothing to send for now. */
    STARVED,
    /** Everything is sent. */
    ENDED
  }

  private final Outgoing outgoing;
  private final Http2Stream stream;
  private final RequestHead request;
  private @Nullable Response unsent;
  private @Nullable Body body;
  private @Nullable Outbox outbox;
  private @Nullable ByteBuf rest;
  private Headers trailers = Headers.EMPTY;
  private OptionalLong told = OptionalLong.empty();
  private long written;
  private long marked;
  private boolean isComplete;
  private boolean isBlocked;
  private boolean isComing;
  private long lastProgress;

  StreamWriter(Outgoing outgoing, Http2Stream stream, RequestHead request) {
    this.outgoing = outgoing;
    this.stream = stream;
    this.request = request;
  }

  /** A response whose body never blocks. */
  void begin(Response response) {
    unsent = response;
    body = response.body();
  }

  /** A response whose body comes by itself: a piece of it is gone with the next one. */
  void beginComing(Response response) {
    begin(response);
    isComing = true;
  }

  /** A response whose body somebody else pulls into the outbox. */
  void begin(Response response, Outbox filled) {
    unsent = response;
    outbox = filled;
  }

  /** Sends the head, or one piece. An IOException says that the body broke off. */
  Turn advance() throws IOException, Http2Exception {
    Response head = unsent;
    Turn turn = head == null ? content() : head(head);
    isComplete = turn == Turn.ENDED;
    watch(turn);
    return turn;
  }

  /** A client that opens its window byte by byte makes no progress. */
  private void watch(Turn turn) {
    switch (turn) {
      case CONNECTION_FULL, STREAM_FULL -> {
        if (!isBlocked) {
          isBlocked = true;
          progress();
        }
      }
      case SENT -> {
        if (written - marked >= PROGRESS) {
          progress();
        }
      }
      case STARVED, ENDED -> isBlocked = false;
    }
  }

  private void progress() {
    marked = written;
    lastProgress = System.nanoTime();
  }

  private Turn head(Response response) throws IOException, Http2Exception {
    unsent = null;
    boolean sendsContent = request.allowsContent(response.status());
    OptionalLong length = response.body().length();
    boolean ends = !sendsContent || length.orElse(1) == 0;
    boolean isWhole = body != null && !isComing;
    boolean merges = !ends && isWhole && length.orElse(Long.MAX_VALUE) <= room();
    ByteBuf out = outgoing.buffer(merges ? HEAD + (int) length.getAsLong() : HEAD);
    outgoing
        .frames()
        .head(stream.id(), ResponseFields.of(request, response, outgoing.date()), ends, out);
    if (merges) {
      merge(out, (int) length.getAsLong());
    }
    outgoing.write(out);
    told = length;
    return ends || merges ? Turn.ENDED : Turn.SENT;
  }

  /** How much content may leave with its head. */
  private int room() {
    return Math.min(Math.min(MERGED, outgoing.frames().largest()), outgoing.windows().room(stream));
  }

  private void merge(ByteBuf out, int length) throws IOException {
    outgoing.frames().dataHeader(stream.id(), length, true, out);
    int start = out.writerIndex();
    for (Optional<ByteBuffer> piece = next(); piece.isPresent(); piece = next()) {
      out.writeBytes(piece.get().duplicate());
    }
    if (out.writerIndex() - start != length) {
      out.release();
      throw new IOException("a body of another length than told");
    }
    count(length);
  }

  private Optional<ByteBuffer> next() throws IOException {
    Body pulled = body;
    return pulled == null ? Optional.empty() : pulled.next();
  }

  private Turn content() throws IOException, Http2Exception {
    ByteBuf piece = rest;
    if (piece == null) {
      piece = fetch();
      rest = piece;
    }
    if (piece == null) {
      if (!isDrained()) {
        return Turn.STARVED;
      }
      if (told.isPresent() && written < told.getAsLong()) {
        throw new IOException("a body shorter than told");
      }
      return finish();
    }
    int room = outgoing.windows().room(stream);
    if (room <= 0) {
      return outgoing.windows().isOpen(stream) ? Turn.CONNECTION_FULL : Turn.STREAM_FULL;
    }
    return send(piece, Math.min(room, piece.readableBytes()));
  }

  private Turn finish() throws Http2Exception {
    if (trailers.fields().isEmpty()) {
      outgoing.data(stream, Unpooled.EMPTY_BUFFER, true);
    } else {
      ByteBuf out = outgoing.buffer(HEAD);
      outgoing.frames().trailers(stream.id(), trailers, out);
      outgoing.write(out);
    }
    return Turn.ENDED;
  }

  private Turn send(ByteBuf piece, int size) {
    boolean isWhole = size == piece.readableBytes();
    boolean ends = isWhole && told.orElse(-1) == written + size;
    rest = isWhole ? null : piece;
    ByteBuf part = isWhole ? piece : piece.readRetainedSlice(size);
    outgoing.data(stream, part, ends);
    count(size);
    return ends ? Turn.ENDED : Turn.SENT;
  }

  private void count(int bytes) {
    outgoing.sent(stream, bytes);
    written += bytes;
  }

  private @Nullable ByteBuf fetch() throws IOException {
    Outbox filled = outbox;
    if (filled != null) {
      return filled.poll();
    }
    if (isComing && body != null && !body.isReady()) {
      return null;
    }
    Optional<ByteBuffer> piece = next();
    if (piece.isEmpty() && body != null) {
      trailers = body.trailers();
      stop();
    }
    return piece.map(this::kept).orElse(null);
  }

  private ByteBuf kept(ByteBuffer piece) {
    return isComing
        ? outgoing.buffer(piece.remaining()).writeBytes(piece)
        : Unpooled.wrappedBuffer(piece);
  }

  /** Whether all content was taken out. */
  private boolean isDrained() {
    Outbox filled = outbox;
    if (filled == null) {
      return body == null;
    }
    boolean isDrained = filled.isDrained();
    trailers = isDrained ? filled.trailers() : trailers;
    return isDrained;
  }

  /** Bytes of content that were handed to the socket. */
  long written() {
    return written;
  }

  /** Since when ({@link System#nanoTime}) the client has taken nothing, if it could have. */
  boolean isStalled(long since) {
    return isBlocked && lastProgress - since < 0;
  }

  private void stop() {
    Body pulled = body;
    body = null;
    if (pulled != null) {
      pulled.close();
    }
  }

  /** Gives up what was not sent. */
  void end() {
    stop();
    if (outbox != null) {
      outbox.close(isComplete);
    }
    ByteBuf piece = rest;
    rest = null;
    if (piece != null) {
      piece.release();
    }
  }
}
