package gyre.proxy.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames and counts them before anything looks at them: also those on streams that are closed
 * or never were. Owned by the event loop.
 */
final class GuardedReader extends DefaultHttp2FrameReader {
  /** Of a header block; each may hold 8 KiB before it counts as small. */
  private static final int SMALL_CONTINUATIONS = 8;

  private final ServedStreams connection;
  private final FloodGuard guard;
  private final RecentResets resets;
  private @Nullable Counted counted;
  private long frames;
  private int lastOpened = -1;
  private boolean skipped;

  GuardedReader(
      ServedStreams connection,
      Http2HeadersDecoder headers,
      FloodGuard guard,
      RecentResets resets) {
    super(headers, SMALL_CONTINUATIONS);
    this.connection = connection;
    this.guard = guard;
    this.resets = resets;
  }

  @Override
  public void readFrame(ChannelHandlerContext context, ByteBuf input, Http2FrameListener listener)
      throws Http2Exception {
    Counted wrapped = counted;
    if (wrapped == null || !wrapped.isOf(listener)) {
      wrapped = new Counted(listener);
      counted = wrapped;
    }
    super.readFrame(context, input, wrapped);
  }

  /** A field section on a stream that takes none any more (RFC 9113, 5.1 and 5.1.1). */
  private void checkOpen(int id) throws Http2Exception {
    Http2Stream stream = connection.stream(id);
    if (stream != null && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
      throw Http2Exception.streamError(
          id, Http2Error.STREAM_CLOSED, "HEADERS after the end of stream %d", id);
    }
    if (connection.isTooLate(id)) {
      return;
    }
    if (stream == null && id > lastOpened) {
      skipped |= lastOpened > 0 && id != lastOpened + 2;
      lastOpened = id;
    } else if (stream == null && !resets.contains(id)) {
      throw Http2Exception.connectionError(
          skipped ? Http2Error.PROTOCOL_ERROR : Http2Error.STREAM_CLOSED,
          "HEADERS for stream %d, which is closed",
          id);
    }
  }

  /** How many frames were whole; a header block with its continuations is one. */
  long frames() {
    return frames;
  }

  private final class Counted extends Http2FrameListenerDecorator {
    Counted(Http2FrameListener listener) {
      super(listener);
    }

    @SuppressWarnings("ReferenceEquality") // the same one, call after call
    boolean isOf(Http2FrameListener other) {
      return listener == other;
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end)
        throws Http2Exception {
      frames++;
      if (!data.isReadable() && !end) {
        guard.controlFrame();
      }
      return super.onDataRead(context, id, data, padding, end);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean end)
        throws Http2Exception {
      frames++;
      checkOpen(id);
      super.onHeadersRead(context, id, headers, padding, end);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext context,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end)
        throws Http2Exception {
      frames++;
      checkOpen(id);
      super.onHeadersRead(context, id, headers, dependency, weight, exclusive, padding, end);
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext context, int id, int dependency, short weight, boolean exclusive)
        throws Http2Exception {
      control();
      super.onPriorityRead(context, id, dependency, weight, exclusive);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext context, int id, long code)
        throws Http2Exception {
      frames++;
      guard.reset();
      resets.forget(id);
      super.onRstStreamRead(context, id, code);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext context) throws Http2Exception {
      control();
      super.onSettingsAckRead(context);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings)
        throws Http2Exception {
      control();
      super.onSettingsRead(context, settings);
    }

    @Override
    public void onPingRead(ChannelHandlerContext context, long data) throws Http2Exception {
      control();
      super.onPingRead(context, data);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext context, long data) throws Http2Exception {
      control();
      super.onPingAckRead(context, data);
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext context, int last, long code, ByteBuf debug)
        throws Http2Exception {
      control();
      super.onGoAwayRead(context, last, code, debug);
    }

    @Override
    public void onWindowUpdateRead(ChannelHandlerContext context, int id, int increment)
        throws Http2Exception {
      control();
      super.onWindowUpdateRead(context, id, increment);
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext context, byte type, int id, Http2Flags flags, ByteBuf payload)
        throws Http2Exception {
      control();
      super.onUnknownFrame(context, type, id, flags, payload);
    }

    private void control() throws Http2Exception {
      frames++;
      guard.controlFrame();
    }
  }
}
