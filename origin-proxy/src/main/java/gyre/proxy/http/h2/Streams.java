package gyre.proxy.http.h2;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of a connection. Those that have something to send take turns, a piece each, as
 * long as the socket takes bytes. Owned by the event loop.
 */
final class Streams extends Http2ConnectionAdapter {
  private final H2Connection connection;
  private final Http2Connection state;
  private final Http2Connection.PropertyKey key;
  private final ArrayDeque<H2Stream> ready = new ArrayDeque<>(4);
  private long lastClosed = System.nanoTime();

  Streams(H2Connection connection, Http2Connection state) {
    this.connection = connection;
    this.state = state;
    this.key = state.newKey();
    state.addListener(this);
  }

  H2Stream open(Http2Stream stream, H2Stream opened) {
    stream.setProperty(key, opened);
    return opened;
  }

  Optional<H2Stream> of(int id) {
    Http2Stream stream = state.stream(id);
    return stream == null ? Optional.empty() : Optional.ofNullable(of(stream));
  }

  private @Nullable H2Stream of(Http2Stream stream) {
    return stream.getProperty(key);
  }

  boolean isEmpty() {
    return state.numActiveStreams() == 0;
  }

  /** By {@link System#nanoTime}. */
  long lastClosed() {
    return lastClosed;
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    lastClosed = System.nanoTime();
    H2Stream closed = of(stream);
    if (closed != null) {
      closed.closed();
    }
  }

  /** It has something to send, or may send again. */
  void ready(H2Stream stream) {
    if (stream.becomesReady()) {
      ready.add(stream);
    }
  }

  /** Every stream's window may have opened. */
  void allReady() {
    each(this::ready);
  }

  /** What is done to each stream must not close it. */
  void each(java.util.function.Consumer<H2Stream> action) {
    try {
      state.forEachActiveStream(
          stream -> {
            H2Stream open = of(stream);
            if (open != null) {
              action.accept(open);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException("no action throws it", e);
    }
  }

  /** Ends those of which the client has taken nothing since then, by {@link System#nanoTime}. */
  void resetStalled(long since) {
    List<H2Stream> stalled = new ArrayList<>();
    each(
        stream -> {
          if (stream.isStalled(since)) {
            stalled.add(stream);
          }
        });
    stalled.forEach(stream -> connection.outgoing().reset(stream.stream(), Http2Error.CANCEL));
    connection.context().flush();
  }

  /** Takes turns until nobody can send, or the socket takes no more. */
  void advance() {
    int blocked = 0;
    while (connection.channel().isWritable() && blocked < ready.size()) {
      H2Stream stream = ready.remove();
      switch (turn(stream)) {
        case SENT -> {
          ready.add(stream);
          blocked = 0;
        }
        case CONNECTION_FULL -> {
          ready.add(stream);
          blocked++;
        }
        case STREAM_FULL, STARVED -> stream.isNoLongerReady();
        case ENDED -> {
          stream.isNoLongerReady();
          stream.answered();
        }
      }
    }
  }

  private StreamWriter.Turn turn(H2Stream stream) {
    if (stream.isOver()) {
      return StreamWriter.Turn.STARVED;
    }
    try {
      return stream.writer().advance();
    } catch (IOException | Http2Exception e) {
      connection.brokeOff(e);
      connection.outgoing().reset(stream.stream(), Http2Error.INTERNAL_ERROR);
      return StreamWriter.Turn.STARVED;
    }
  }
}
