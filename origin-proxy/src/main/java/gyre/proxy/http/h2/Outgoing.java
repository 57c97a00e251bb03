package gyre.proxy.http.h2;

import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.ResponseFields;
import gyre.proxy.message.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * What the streams of a connection write into it: their heads, their content as the windows admit,
 * their resets. Whoever writes sees to the flush. Owned by the event loop.
 */
final class Outgoing {
  private static final int INTERIM = 256;

  private final H2Connection connection;
  private final Front front;
  private final Codec codec;
  private final FloodGuard guard;
  private final RecentResets resets;

  Outgoing(
      H2Connection connection, Front front, Codec codec, FloodGuard guard, RecentResets resets) {
    this.connection = connection;
    this.front = front;
    this.codec = codec;
    this.guard = guard;
    this.resets = resets;
  }

  SendWindows windows() {
    return codec.windows();
  }

  ResponseFrames frames() {
    return codec.frames();
  }

  /** For the field of that name (RFC 9110, 6.6.1). */
  String date() {
    return front.date().now();
  }

  /** For whole frames; {@link #write} takes it over. */
  ByteBuf buffer(int size) {
    return connection.alloc().buffer(size);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the connection
  void write(ByteBuf out) {
    ChannelHandlerContext context = connection.context();
    context.write(out, context.voidPromise());
  }

  /** A DATA frame; takes the piece over. */
  void data(Http2Stream stream, ByteBuf piece, boolean ends) {
    codec.frames().data(connection.context(), stream.id(), piece, ends);
  }

  /** So many bytes of content have left. */
  void sent(Http2Stream stream, int bytes) {
    codec.windows().sent(stream, bytes);
    guard.sent(bytes);
  }

  /** Ahead of the answer, where the socket takes it at once. */
  void interim(Http2Stream stream, int status, Headers headers) {
    ByteBuf out = buffer(INTERIM);
    ResponseFields head = ResponseFields.interim(status, headers);
    if (connection.channel().isWritable() && encode(stream, head, out)) {
      write(out);
    } else {
      out.release();
    }
  }

  private boolean encode(Http2Stream stream, ResponseFields head, ByteBuf out) {
    try {
      codec.frames().head(stream.id(), head, false, out);
      return true;
    } catch (Http2Exception e) {
      connection.onError(connection.context(), true, e);
      return false;
    }
  }

  void reset(Http2Stream stream, Http2Error error) {
    resets.add(stream.id());
    ChannelHandlerContext context = connection.context();
    var _ =
        codec.encoder().writeRstStream(context, stream.id(), error.code(), context.newPromise());
  }
}
