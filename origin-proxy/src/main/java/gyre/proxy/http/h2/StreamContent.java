package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.message.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends as the content of one request. Its bytes leave the stream's window only when
 * somebody has read them; while nobody does they gather in one buffer, however small the frames
 * are. Owned by the event loop, but for {@link #giveBack}.
 */
final class StreamContent {
  private final H2Connection connection;
  private final Http2Stream stream;
  private final Exchange exchange;
  private final long most;
  private final AtomicInteger consumed = new AtomicInteger();
  private long received;
  private @Nullable ByteBuf held;

  /** {@code most}: bytes, beyond which the request is refused. */
  StreamContent(H2Connection connection, Http2Stream stream, Exchange exchange, long most) {
    this.connection = connection;
    this.stream = stream;
    this.exchange = exchange;
    this.most = most;
  }

  /** Takes a copy of what a DATA frame holds. */
  void data(ByteBuf content, boolean ends) throws Http2Exception {
    int size = content.readableBytes();
    received += size;
    checkLength(ends);
    if (exchange.broken().isPresent() || received > most) {
      giveBack(size);
      breakOff(Refusal.tooLarge(most));
      return;
    }
    if (size > 0) {
      hold(content, size);
    }
    if (ends || exchange.hasRoom()) {
      passOn();
    }
    if (ends) {
      exchange.requestEnded(Headers.EMPTY);
    }
  }

  /** The request ends with a field section: its first one, or one of trailers. */
  void ends(Headers trailers) throws Http2Exception {
    checkLength(true);
    passOn();
    exchange.requestEnded(trailers);
  }

  /** RFC 9113, 8.1.1. */
  private void checkLength(boolean ends) throws Http2Exception {
    if (exchange.head().framing() instanceof Framing.Length(long told)
        && (received > told || (ends && received < told))) {
      throw Http2Exception.streamError(
          stream.id(), Http2Error.PROTOCOL_ERROR, "content of another length than told");
    }
  }

  private void breakOff(Refusal refusal) {
    if (exchange.broken().isEmpty()) {
      connection.tell(refusal);
      exchange.broke(refusal);
      exchange.requestEnded(Headers.EMPTY);
    }
  }

  private void hold(ByteBuf content, int size) {
    ByteBuf gathered = held;
    if (gathered == null) {
      gathered = connection.alloc().buffer(size);
      held = gathered;
    }
    gathered.writeBytes(content);
  }

  /** Gives what has gathered to whoever reads it. */
  void passOn() {
    ByteBuf piece = held;
    held = null;
    if (piece != null) {
      int size = piece.readableBytes();
      exchange.content(
          piece,
          () -> {
            piece.release();
            giveBack(size);
          });
    }
  }

  /** Any thread: so many bytes of what came are read, or passed on. */
  void giveBack(int bytes) {
    if (consumed.getAndAdd(bytes) == 0) {
      connection.execute(() -> connection.consumed(stream, consumed.getAndSet(0)));
    }
  }

  /** Nobody reads it any more. */
  void release() {
    ByteBuf gathered = held;
    held = null;
    if (gathered != null) {
      gathered.release();
    }
  }
}
