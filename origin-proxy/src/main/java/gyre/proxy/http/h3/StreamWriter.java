package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.Outbox;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.http.exchange.ResponseFields;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far the answer of one stream has been sent: its head, then its content, piece by piece as
 * flow and congestion control admit: what they do not is not pulled. Owned by the event loop.
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
    /** The client takes no more for now. */
    FULL,
    /** Nothing to send for now. */
    STARVED,
    /** Everything is sent. */
    ENDED
  }

  private final QuicStreamChannel channel;
  private final Gathering out;
  private final RequestHead request;
  private @Nullable Response unsent;
  private @Nullable Body body;
  private @Nullable Outbox outbox;
  private @Nullable ByteBuffer rest;
  private @Nullable ByteBuf lent;
  private Headers trailers = Headers.EMPTY;
  private OptionalLong told = OptionalLong.empty();
  private long written;
  private long marked;
  private boolean isComplete;
  private boolean isBlocked;
  private boolean isComing;
  private long lastProgress;

  StreamWriter(QuicStreamChannel channel, Gathering out, RequestHead request) {
    this.channel = channel;
    this.out = out;
    this.request = request;
  }

  /** A response whose body never blocks. */
  void begin(Response response) {
    unsent = response;
    body = response.body();
  }

  /** A response whose body comes by itself. */
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
  Turn advance(String date) throws IOException {
    Turn turn = turn(date);
    isComplete = turn == Turn.ENDED;
    watch(turn);
    return turn;
  }

  private Turn turn(String date) throws IOException {
    Response head = unsent;
    if (!channel.isWritable()) {
      return Turn.FULL;
    }
    return head == null ? content() : head(head, date);
  }

  /** A client that opens its window byte by byte makes no progress. */
  private void watch(Turn turn) {
    switch (turn) {
      case FULL -> {
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

  private Turn head(Response response, String date) throws IOException {
    unsent = null;
    OptionalLong length = response.body().length();
    boolean ends = !request.allowsContent(response.status()) || length.orElse(1) == 0;
    boolean isWhole = body != null && !isComing;
    boolean merges = !ends && isWhole && length.orElse(Long.MAX_VALUE) <= room();
    int size = merges ? HEAD + (int) length.getAsLong() : HEAD;
    ByteBuf buffer = channel.alloc().directBuffer(size);
    out.encode(channel, Fields.of(ResponseFields.of(request, response, date)), buffer);
    told = length;
    if (merges) {
      merge(buffer, (int) length.getAsLong());
    }
    out.send(buffer, ends || merges);
    return ends || merges ? Turn.ENDED : Turn.SENT;
  }

  /** How much content may leave with its head. */
  private long room() {
    return Math.min(MERGED, channel.bytesBeforeUnwritable() - HEAD);
  }

  private void merge(ByteBuf buffer, int length) throws IOException {
    Gathering.dataHeader(length, buffer);
    int start = buffer.writerIndex();
    for (Optional<ByteBuffer> piece = next(); piece.isPresent(); piece = next()) {
      buffer.writeBytes(piece.get().duplicate());
    }
    stop();
    written = (long) buffer.writerIndex() - start;
    if (written != length) {
      buffer.release();
      throw new IOException("a body of another length than told");
    }
  }

  private Optional<ByteBuffer> next() throws IOException {
    return body == null ? Optional.empty() : body.next();
  }

  private Turn content() throws IOException {
    ByteBuffer piece = rest;
    if (piece == null) {
      piece = fetch();
    }
    if (piece == null) {
      return isDrained() ? finish() : Turn.STARVED;
    }
    long room = channel.bytesBeforeUnwritable() - Gathering.LARGEST_HEADER;
    return send(piece, (int) Math.max(1, Math.min(room, piece.remaining())));
  }

  private Turn send(ByteBuffer piece, int size) throws IOException {
    if (told.isPresent() && written + size > told.getAsLong()) {
      throw new IOException("a body longer than told");
    }
    ByteBuf buffer = channel.alloc().directBuffer(Gathering.LARGEST_HEADER + size);
    Gathering.dataHeader(size, buffer);
    buffer.writeBytes(piece.slice(piece.position(), size));
    piece.position(piece.position() + size);
    rest = piece;
    if (!piece.hasRemaining()) {
      giveBack();
    }
    written += size;
    boolean ends = rest == null && told.orElse(-1) == written;
    out.send(buffer, ends);
    return ends ? Turn.ENDED : Turn.SENT;
  }

  private void giveBack() {
    rest = null;
    ByteBuf done = lent;
    lent = null;
    if (done != null) {
      done.release();
    }
  }

  /**
   * Trailers go to whom asks for them alone (RFC 9110, 6.5.1): Chromium 156 does not, and where
   * they come before it has read all content, it now and then drops the answer as cut off.
   */
  private Turn finish() throws IOException {
    if (told.isPresent() && written < told.getAsLong()) {
      throw new IOException("a body shorter than told");
    }
    if (trailers.fields().isEmpty() || !request.headers().lists("te", "trailers")) {
      out.send(Unpooled.EMPTY_BUFFER, true);
    } else {
      ByteBuf buffer = channel.alloc().directBuffer(HEAD);
      out.encode(channel, Fields.ofTrailers(trailers), buffer);
      out.send(buffer, true);
    }
    return Turn.ENDED;
  }

  private @Nullable ByteBuffer fetch() throws IOException {
    Outbox filled = outbox;
    if (filled != null) {
      ByteBuf piece = filled.poll();
      lent = piece;
      return piece == null ? null : piece.nioBuffer();
    }
    if (isComing && body != null && !body.isReady()) {
      return null;
    }
    Optional<ByteBuffer> piece = next();
    if (piece.isEmpty() && body != null) {
      trailers = body.trailers();
      stop();
    }
    return piece.map(ByteBuffer::duplicate).orElse(null);
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

  /** Bytes of content that were handed to the connection. */
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
    giveBack();
  }
}
