package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.HttpDate;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.WriteGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes the responses of one connection: from memory on the event loop, as fast as the socket
 * takes them, or pulled by a virtual thread that waits for the socket.
 */
final class ResponseWriter {
  private static final byte[] CRLF = "\r\n".getBytes(ISO_8859_1);
  private static final byte[] LAST_CHUNK = "0\r\n".getBytes(ISO_8859_1);
  private static final int MERGED = 16 << 10;

  private final Channel channel;
  private final HttpDate date;
  private final FrontLimits limits;
  private final WriteGate gate;
  private @Nullable Body flowing;
  private final AtomicLong written = new AtomicLong();
  private boolean chunked;

  ResponseWriter(Channel channel, HttpDate date, FrontLimits limits, WriteGate gate) {
    this.channel = channel;
    this.date = date;
    this.limits = limits;
    this.gate = gate;
  }

  /**
   * Event loop: begins a response whose body never blocks; does not flush. True when it is whole.
   */
  boolean begin(RequestHead request, Response response, ResponseHead head) throws IOException {
    ByteBuf out = channel.alloc().buffer(1024);
    head.write(request, response, date.now(), out);
    Body body = response.body();
    written.lazySet(0);
    if (!head.sendsBody()) {
      body.close();
      Outbound.write(channel, out);
      return true;
    }
    chunked = head.chunked();
    if (body.length().orElse(Long.MAX_VALUE) <= MERGED) {
      try (body) {
        merge(out, body);
      }
      Outbound.write(channel, out);
      return true;
    }
    Outbound.write(channel, out);
    flowing = body;
    return goOn();
  }

  /** Event loop: a response before the final one; does not flush. */
  void interim(int status, Headers headers) {
    ByteBuf out = channel.alloc().buffer(256);
    ResponseHead.writeInterim(status, headers, out);
    Outbound.write(channel, out);
  }

  /** Event loop: writes while the socket takes bytes; true when the response is whole. */
  boolean goOn() throws IOException {
    Body body = flowing;
    if (body == null) {
      return false;
    }
    while (channel.isWritable()) {
      Optional<ByteBuffer> piece = body.next();
      if (piece.isEmpty()) {
        if (chunked) {
          Outbound.write(channel, lastChunk(body.trailers()));
        }
        stop();
        return true;
      }
      count(piece.get());
      Outbound.write(channel, framed(Unpooled.wrappedBuffer(piece.get())));
    }
    return false;
  }

  /** Event loop: whether a body from memory waits for the socket. */
  boolean isFlowing() {
    return flowing != null;
  }

  /** Event loop: gives up the body that is being written. */
  void stop() {
    Body body = flowing;
    flowing = null;
    if (body != null) {
      body.close();
    }
  }

  /** Virtual thread: writes the whole response as its body comes; flushes before it waits. */
  void pull(RequestHead request, Response response, ResponseHead head) throws IOException {
    chunked = head.chunked();
    written.lazySet(0);
    long expected = head.sendsBody() ? response.body().length().orElse(0) : 0;
    try (Body body = response.body();
        Gathered out = new Gathered(channel, gate, limits.times().betweenPieces(), expected)) {
      head.write(request, response, date.now(), out.bytes());
      if (head.sendsBody()) {
        gather(body, out);
      }
      out.send();
    }
  }

  private void gather(Body body, Gathered out) throws IOException {
    while (true) {
      if (out.isEnough() || !body.isReady()) {
        out.send();
      }
      Optional<ByteBuffer> piece = next(body, out);
      if (piece.isEmpty()) {
        break;
      }
      count(piece.get());
      frame(piece.get(), out.bytes());
    }
    if (chunked) {
      writeLastChunk(body.trailers(), out.bytes());
    }
  }

  /** A body that breaks off takes nothing with it that came before. */
  private static Optional<ByteBuffer> next(Body body, Gathered out) throws IOException {
    try {
      return body.next();
    } catch (IOException e) {
      out.sendAtOnce();
      throw e;
    }
  }

  private void frame(ByteBuffer piece, ByteBuf out) {
    if (!chunked) {
      out.writeBytes(piece);
      return;
    }
    ByteBufUtil.writeAscii(out, Integer.toHexString(piece.remaining()));
    out.writeBytes(CRLF).writeBytes(piece).writeBytes(CRLF);
  }

  /** A short body of known length leaves in one write with its head. */
  private void merge(ByteBuf out, Body body) throws IOException {
    int head = out.readableBytes();
    try {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        out.writeBytes(piece.get().duplicate());
      }
      written.lazySet(out.readableBytes() - head);
    } catch (IOException e) {
      out.release();
      throw e;
    }
  }

  private void count(ByteBuffer piece) {
    written.lazySet(written.get() + piece.remaining());
  }

  /** Any thread: bytes of the last response's body that were handed to the socket. */
  long written() {
    return written.get();
  }

  private ByteBuf lastChunk(Headers trailers) {
    ByteBuf out = channel.alloc().buffer(64);
    writeLastChunk(trailers, out);
    return out;
  }

  /** With the trailer section (RFC 9112, 7.1.2). */
  private static void writeLastChunk(Headers trailers, ByteBuf out) {
    out.writeBytes(LAST_CHUNK);
    ResponseHead.writeFields(trailers, out);
  }

  private ByteBuf framed(ByteBuf piece) {
    if (!chunked) {
      return piece;
    }
    byte[] size = (Integer.toHexString(piece.readableBytes()) + "\r\n").getBytes(ISO_8859_1);
    return Unpooled.wrappedBuffer(
        Unpooled.wrappedBuffer(size), piece, Unpooled.wrappedBuffer(CRLF));
  }
}
