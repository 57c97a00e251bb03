package gyre.proxy.http.h2;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much the client takes (RFC 9113, 5.2): the connection's window and each stream's. Nothing is
 * queued here: a stream pulls from its body only what its windows admit. Owned by the event loop.
 */
final class SendWindows implements Http2RemoteFlowController {
  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;
  private @Nullable ChannelHandlerContext context;
  private int initial = Http2CodecUtil.DEFAULT_WINDOW_SIZE;
  private int all = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

  SendWindows(Http2Connection connection) {
    this.connection = connection;
    this.key = connection.newKey();
  }

  /** How far a stream's window is from the initial one. */
  private static final class Window {
    long size;

    Window(int size) {
      this.size = size;
    }
  }

  /** What may be sent on this stream now; not positive: nothing. */
  int room(Http2Stream stream) {
    return (int) Math.min(all, window(stream).size);
  }

  /** Whether the stream itself could send, were it not for the connection. */
  boolean isOpen(Http2Stream stream) {
    return window(stream).size > 0;
  }

  void sent(Http2Stream stream, int bytes) {
    all -= bytes;
    window(stream).size -= bytes;
  }

  private Window window(Http2Stream stream) {
    Window window = stream.getProperty(key);
    if (window == null) {
      window = new Window(initial);
      stream.setProperty(key, window);
    }
    return window;
  }

  @Override
  public void incrementWindowSize(Http2Stream stream, int delta) throws Http2Exception {
    if (stream.id() == Http2CodecUtil.CONNECTION_STREAM_ID) {
      if (all > Integer.MAX_VALUE - delta) {
        throw Http2Exception.connectionError(FLOW_CONTROL_ERROR, "a window beyond its limit");
      }
      all += delta;
    } else {
      grow(stream, delta);
    }
  }

  private void grow(Http2Stream stream, int delta) throws Http2Exception {
    Window window = window(stream);
    if (window.size + delta > Integer.MAX_VALUE) {
      throw Http2Exception.streamError(
          stream.id(), FLOW_CONTROL_ERROR, "a window beyond its limit");
    }
    window.size += delta;
  }

  /** RFC 9113, 6.9.2: open streams' windows move too, and may become negative. */
  @Override
  public void initialWindowSize(int size) throws Http2Exception {
    int delta = size - initial;
    connection.forEachActiveStream(
        stream -> {
          Window window = window(stream);
          if (window.size + delta > Integer.MAX_VALUE) {
            throw Http2Exception.connectionError(
                Http2Error.FLOW_CONTROL_ERROR, "a window beyond its limit");
          }
          window.size += delta;
          return true;
        });
    initial = size;
  }

  @Override
  public int initialWindowSize() {
    return initial;
  }

  @Override
  public int windowSize(Http2Stream stream) {
    return stream.id() == Http2CodecUtil.CONNECTION_STREAM_ID ? all : (int) window(stream).size;
  }

  @Override
  public void channelHandlerContext(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public @Nullable ChannelHandlerContext channelHandlerContext() {
    return context;
  }

  @Override
  public void addFlowControlled(Http2Stream stream, FlowControlled payload) {
    throw new IllegalStateException("streams write their own DATA frames");
  }

  @Override
  public boolean hasFlowControlled(Http2Stream stream) {
    return false;
  }

  @Override
  public boolean isWritable(Http2Stream stream) {
    return room(stream) > 0;
  }

  @Override
  public void writePendingBytes() {}

  @Override
  public void listener(Listener listener) {
    throw new IllegalStateException("streams are told by their connection");
  }

  @Override
  public void channelWritabilityChanged() {}

  @Override
  public void updateDependencyTree(
      int childStreamId, int parentStreamId, short weight, boolean exclusive) {}
}
