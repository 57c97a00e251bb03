package gyre.proxy.http.h3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import org.jspecify.annotations.Nullable;

/**
 * Stands between Netty's codec and a stream, so that a head that was encoded can leave in one
 * buffer with its content. Owned by the event loop.
 */
final class Gathering extends ChannelOutboundHandlerAdapter {
  private static final byte[] GREASE = {0x21, 0};
  private static final int DATA = 0x0;
  private static final int FOUR_BYTES = 0x8000_0000;
  private static final int TWO_BYTES = 0x4000;

  /** Of a DATA frame with at most 2^30 bytes (RFC 9114, 7.1). */
  static final int LARGEST_HEADER = 5;

  private final ChannelFutureListener sent;
  private final Runnable left;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf into;
  private @Nullable ChannelFuture waiting;

  /** {@code left}: the client does not want what is sent. */
  Gathering(Runnable left) {
    this.left = left;
    this.sent =
        outcome -> {
          if (!outcome.isSuccess()) {
            left.run();
          }
        };
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the promise has it
  public void write(ChannelHandlerContext at, Object message, ChannelPromise promise) {
    ByteBuf gathered = into;
    if (gathered != null && message instanceof ByteBuf encoded) {
      gathered.writeBytes(encoded);
      encoded.release();
      promise.trySuccess();
    } else {
      at.write(message, promise);
    }
  }

  /** Appends these fields as a HEADERS frame. */
  @SuppressWarnings("FutureReturnValueIgnored") // it is done when the call returns
  void encode(Channel stream, Http3Headers fields, ByteBuf out) {
    into = out;
    try {
      stream.write(new DefaultHttp3HeadersFrame(fields));
    } finally {
      into = null;
    }
  }

  /** Appends the header of a DATA frame. */
  static void dataHeader(int length, ByteBuf out) {
    out.writeByte(DATA);
    if (length < 64) {
      out.writeByte(length);
    } else if (length < 16_384) {
      out.writeShort(TWO_BYTES | length);
    } else {
      out.writeInt(FOUR_BYTES | length);
    }
  }

  /**
   * Sends a frame that means nothing (RFC 9114, 7.2.8), unless something waits for room: it fails
   * where the client has left. Netty tells of STOP_SENDING by nothing but a write that fails.
   */
  void probe() {
    if (!isWaiting()) {
      send(Unpooled.copiedBuffer(GREASE), false);
    }
  }

  /** Whether something waits for room. */
  private boolean isWaiting() {
    return waiting != null && !waiting.isDone();
  }

  /** Sends these bytes, which it takes over; {@code ends}: nothing follows. */
  void send(ByteBuf out, boolean ends) {
    ChannelHandlerContext at = context;
    if (at == null) {
      out.release();
      return;
    }
    ChannelFuture written = at.write(ends ? new DefaultQuicStreamFrame(out, true) : out);
    if (written.isDone()) {
      if (!written.isSuccess()) {
        left.run();
      }
    } else if (at.channel().bytesBeforeUnwritable() > 0) {
      left.run(); // quiche takes nothing, and not for want of room: STOP_SENDING
    } else {
      waiting = written;
      written.addListener(sent);
    }
  }

  /** Runs this once everything has left, or has failed to: at once where nothing waits for room. */
  void whenSent(Runnable next) {
    ChannelFuture last = waiting;
    if (last != null && isWaiting()) {
      last.addListener(over -> next.run());
    } else {
      next.run();
    }
  }
}
