package gyre.proxy.http.h1;

import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.http.exchange.HttpDate;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.transport.Outbound;
import gyre.proxy.transport.WriteGate;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes the responses of one connection: on the event loop, as their bodies are there and the
 * socket takes them, or pulled by a virtual thread that waits for both.
 */
final class ResponseWriter {
  private static final int HEAD = 1 << 10;

  private final Channel channel;
  private final HttpDate date;
  private final FrontLimits limits;
  private final WriteGate gate;
  private final AtomicLong written = new AtomicLong();
  private @Nullable Flow flowing;

  ResponseWriter(Channel channel, HttpDate date, FrontLimits limits, WriteGate gate) {
    this.channel = channel;
    this.date = date;
    this.limits = limits;
    this.gate = gate;
  }

  /**
   * Event loop: begins a response; does not flush. {@code isComing}: its body comes by itself, else
   * it never blocks. An IOException says that the body broke off.
   */
  Flow.Progress begin(RequestHead request, Response response, ResponseHead head, boolean isComing)
      throws IOException {
    Body body = response.body();
    long expected = head.sendsBody() ? body.length().orElse(0) : 0;
    ByteBuf out = channel.alloc().buffer(HEAD + (int) Math.min(expected, Flow.MERGED));
    head.write(request, response, date.now(), out);
    written.lazySet(0);
    if (!head.sendsBody()) {
      body.close();
      Outbound.write(channel, out);
      return Flow.Progress.ENDED;
    }
    Flow flow = new Flow(channel, body, head.chunked(), isComing, this::count);
    flowing = flow;
    return unlessEnded(flow.begin(out));
  }

  /** Event loop: a response before the final one; does not flush. */
  void interim(int status, Headers headers) {
    ByteBuf out = channel.alloc().buffer(256);
    ResponseHead.writeInterim(status, headers, out);
    Outbound.write(channel, out);
  }

  /** Event loop, while a response {@linkplain #isFlowing flows}; does not flush. */
  Flow.Progress goOn() throws IOException {
    Flow flow = flowing;
    return flow == null ? Flow.Progress.ENDED : unlessEnded(flow.goOn());
  }

  private Flow.Progress unlessEnded(Flow.Progress progress) {
    if (progress == Flow.Progress.ENDED) {
      stop();
    }
    return progress;
  }

  /** Event loop: whether the rest of a response waits for the socket, or for its body. */
  boolean isFlowing() {
    return flowing != null;
  }

  /** Event loop: gives up the body that is being written. */
  void stop() {
    Flow flow = flowing;
    flowing = null;
    if (flow != null) {
      flow.close();
    }
  }

  /** Virtual thread: writes the whole response as its body comes; flushes before it waits. */
  void pull(RequestHead request, Response response, ResponseHead head) throws IOException {
    written.lazySet(0);
    long expected = head.sendsBody() ? response.body().length().orElse(0) : 0;
    try (Body body = response.body();
        Gathered out = new Gathered(channel, gate, limits.times().betweenPieces(), expected)) {
      head.write(request, response, date.now(), out.bytes());
      if (head.sendsBody()) {
        gather(body, head.chunked(), out);
      }
      out.send();
    }
  }

  private void gather(Body body, boolean chunked, Gathered out) throws IOException {
    while (true) {
      if (out.isEnough() || !body.isReady()) {
        out.send();
      }
      Optional<ByteBuffer> piece = next(body, out);
      if (piece.isEmpty()) {
        break;
      }
      count(piece.get().remaining());
      Flow.frame(piece.get(), chunked, out.bytes());
    }
    if (chunked) {
      Flow.writeLastChunk(body.trailers(), out.bytes());
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

  private void count(int bytes) {
    written.lazySet(written.get() + bytes);
  }

  /** Any thread: bytes of the last response's body that were handed to the socket. */
  long written() {
    return written.get();
  }
}
