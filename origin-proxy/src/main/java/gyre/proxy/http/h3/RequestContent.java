package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.message.Headers;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request on its way from the stream to whoever reads it. What nobody has room for
 * gathers in one buffer, however small the frames are, and then the stream is not read. Owned by
 * the event loop.
 */
final class RequestContent {
  private final Exchange exchange;
  private final long largest;
  private Headers trailers = Headers.EMPTY;
  private long received;
  private @Nullable ByteBuf held;

  RequestContent(Exchange exchange, long largest) {
    this.exchange = exchange;
    this.largest = largest;
  }

  /** Takes over what a DATA frame, or a part of one, holds; the refusal says what it breaks. */
  Optional<Refusal> data(ByteBuf content) {
    try {
      received += content.readableBytes();
      if (exchange.broken().isPresent()) {
        return Optional.empty();
      }
      if (received > largest) {
        Refusal tooLarge = Refusal.tooLarge(largest);
        exchange.broke(tooLarge);
        exchange.requestEnded(Headers.EMPTY);
        return Optional.of(tooLarge);
      }
      hold(content);
    } finally {
      content.release();
    }
    if (exchange.hasRoom()) {
      passOn();
    }
    return Optional.empty();
  }

  private void hold(ByteBuf content) {
    ByteBuf gathered = held;
    if (gathered == null) {
      gathered = content.alloc().buffer(content.readableBytes());
      held = gathered;
    }
    gathered.writeBytes(content);
  }

  /** Gives on what has gathered. */
  void passOn() {
    ByteBuf piece = held;
    held = null;
    if (piece != null) {
      exchange.content(piece);
    }
  }

  /** Fields that came behind the content. */
  void trailers(Headers behind) {
    trailers = behind;
  }

  /** Whether content of this length, so far or in all, is what was told (RFC 9114, 4.1.2). */
  boolean fits(boolean ended) {
    return !(exchange.head().framing() instanceof Framing.Length(long told))
        || (received <= told && (!ended || received == told));
  }

  /** The stream has ended. */
  void end() {
    passOn();
    exchange.requestEnded(trailers);
  }

  void close() {
    ByteBuf gathered = held;
    held = null;
    if (gathered != null) {
      gathered.release();
    }
  }
}
