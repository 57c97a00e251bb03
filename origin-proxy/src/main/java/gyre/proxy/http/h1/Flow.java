package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.transport.FileMemory;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.FileRegion;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * One response's body on its way to the socket, as it is there and as the socket takes it; nothing
 * is flushed. Owned by the event loop.
 */
final class Flow {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final byte[] CRLF = "\r\n".getBytes(ISO_8859_1);
  private static final byte[] LAST_CHUNK = "0\r\n".getBytes(ISO_8859_1);

  /** What leaves in one buffer with the response's head. */
  static final int MERGED = 16 << 10;

  /** What may wait for the socket: copies are memory of this response's own. */
  private static final WriteBufferWaterMark COPIED = new WriteBufferWaterMark(32 << 10, 64 << 10);

  /** The same of what is shared; so that a hundred KiB leave in one system call. */
  private static final WriteBufferWaterMark SHARED = new WriteBufferWaterMark(64 << 10, 128 << 10);

  /** Of a copy: an earlier response may have left less room than that. */
  private static final int LEAST = 1 << 10;

  /** What it goes on with, if anything. */
  enum Progress {
    ENDED,
    AWAITS_SOCKET,
    AWAITS_BODY
  }

  private final Channel channel;
  private final Body body;
  private final boolean chunked;
  private final boolean isComing;
  private final boolean isPlain;
  private final IntConsumer count;
  private ByteBuffer left = NOTHING;
  private boolean hasEnded;

  /**
   * {@code isComing}: it may not be there yet, and a piece is gone with the next one; else pulling
   * never blocks, and pieces stay. {@code count} is told the size of each.
   */
  Flow(Channel channel, Body body, boolean chunked, boolean isComing, IntConsumer count) {
    this.channel = channel;
    this.body = body;
    this.chunked = chunked;
    this.isComing = isComing;
    this.isPlain = channel.pipeline().get(SslHandler.class) == null;
    this.count = count;
    channel.config().setWriteBufferWaterMark(isComing ? COPIED : SHARED);
  }

  /**
   * Takes the head over, and sends with it what is there. An IOException says that the body broke
   * off: what came before is sent.
   */
  Progress begin(ByteBuf head) throws IOException {
    try {
      left = merge(head);
    } finally {
      Outbound.write(channel, head);
    }
    return goOn();
  }

  /** Appends pieces while they are few bytes; the first one that does not fit is left. */
  private ByteBuffer merge(ByteBuf head) throws IOException {
    while (!hasEnded && isThere()) {
      Optional<ByteBuffer> piece = next();
      if (piece.isEmpty()) {
        end(head);
      } else if (head.readableBytes() + piece.get().remaining() > MERGED) {
        return piece.get();
      } else {
        frame(piece.get(), chunked, head);
      }
    }
    return NOTHING;
  }

  /** Sends while there is something and the socket takes it. An IOException as above. */
  Progress goOn() throws IOException {
    while (!hasEnded && channel.isWritable()) {
      if (left.hasRemaining()) {
        Outbound.write(channel, framed(some()));
        continue;
      }
      if (!isThere()) {
        return Progress.AWAITS_BODY;
      }
      Optional<ByteBuffer> piece = next();
      if (piece.isPresent()) {
        left = piece.get();
      } else if (chunked) {
        ByteBuf last = channel.alloc().buffer(64);
        end(last);
        Outbound.write(channel, last);
      } else {
        hasEnded = true;
      }
    }
    return hasEnded ? Progress.ENDED : Progress.AWAITS_SOCKET;
  }

  /** As much of the piece as may wait; what is not shared waits in the body's own queue. */
  private ByteBuffer some() {
    long room = isComing ? Math.max(LEAST, channel.bytesBeforeUnwritable()) : Integer.MAX_VALUE;
    int size = (int) Math.min(left.remaining(), room);
    ByteBuffer some = left.slice(left.position(), size);
    left = left.slice(left.position() + size, left.remaining() - size);
    return some;
  }

  private boolean isThere() {
    return !isComing || body.isReady();
  }

  private Optional<ByteBuffer> next() throws IOException {
    Optional<ByteBuffer> piece = body.next();
    piece.ifPresent(bytes -> count.accept(bytes.remaining()));
    return piece;
  }

  private void end(ByteBuf out) {
    hasEnded = true;
    if (chunked) {
      writeLastChunk(body.trailers(), out);
    }
  }

  /** With the trailer section (RFC 9112, 7.1.2). */
  static void writeLastChunk(Headers trailers, ByteBuf out) {
    out.writeBytes(LAST_CHUNK);
    ResponseHead.writeFields(trailers, out);
  }

  /** Appends a copy of the piece, as a chunk where the body is chunked. */
  static void frame(ByteBuffer piece, boolean chunked, ByteBuf out) {
    if (!chunked) {
      out.writeBytes(piece);
      return;
    }
    ByteBufUtil.writeAscii(out, Integer.toHexString(piece.remaining()));
    out.writeBytes(CRLF).writeBytes(piece).writeBytes(CRLF);
  }

  private Object framed(ByteBuffer piece) {
    if (isComing) {
      ByteBuf copy = channel.alloc().buffer(piece.remaining() + 16);
      frame(piece, chunked, copy);
      return copy;
    }
    if (!chunked) {
      return shared(piece);
    }
    ByteBuf bytes = Unpooled.wrappedBuffer(piece);
    byte[] size = (Integer.toHexString(piece.remaining()) + "\r\n").getBytes(ISO_8859_1);
    return Unpooled.wrappedBuffer(
        Unpooled.wrappedBuffer(size), bytes, Unpooled.wrappedBuffer(CRLF));
  }

  /** From the file that it may be in, where nothing has to be encrypted first. */
  private Object shared(ByteBuffer piece) {
    Optional<FileRegion> region =
        isPlain
            ? FileMemory.OF_THIS_PROCESS.flatMap(memory -> memory.region(piece))
            : Optional.empty();
    return region.isPresent() ? region.get() : Unpooled.wrappedBuffer(piece);
  }

  /** Gives up what was not sent. */
  void close() {
    body.close();
  }
}
