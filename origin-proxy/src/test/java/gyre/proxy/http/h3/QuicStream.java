package gyre.proxy.http.h3;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client's stream: what is sent on it, and what comes back in its order. */
public final class QuicStream extends ChannelInboundHandlerAdapter {
  private static final int SECONDS = 10;

  /** What came back. */
  sealed interface Event {
    record Head(Http3Headers fields) implements Event {}

    record Content(ByteBuf bytes) implements Event {}

    record End() implements Event {}

    /** The server has reset it. */
    record Broken(int code) implements Event {}
  }

  public record Answer(List<Http3Headers> heads, String text) {
    public String status() {
      return field(0, ":status");
    }

    public String field(int head, String name) {
      CharSequence value = heads.get(head).get(name);
      return value == null ? "" : value.toString();
    }
  }

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile QuicStreamChannel channel;
  private volatile ChannelFuture last;

  void begin(QuicStreamChannel opened) {
    channel = opened;
    last = opened.newSucceededFuture();
  }

  QuicStreamChannel channel() {
    return channel;
  }

  public QuicStream head(String method, String path, String... fields) {
    Http3Headers headers = new DefaultHttp3Headers(false);
    headers.method(AsciiString.of(method)).scheme("https").authority("a.test").path(path);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return fields(headers);
  }

  QuicStream fields(Http3Headers headers) {
    return sent(new DefaultHttp3HeadersFrame(headers));
  }

  public QuicStream data(String text) {
    return sent(new DefaultHttp3DataFrame(Unpooled.copiedBuffer(text, UTF_8)));
  }

  QuicStream raw(ByteBuf bytes) {
    return sent(bytes);
  }

  private QuicStream sent(Object message) {
    last = channel.writeAndFlush(message);
    return this;
  }

  /** Netty's own end would overtake what waits for the window to open. */
  public QuicStream end() {
    last.addListener(
        sent -> {
          var _ = channel.shutdownOutput();
        });
    return this;
  }

  /** Whether it left: Netty sends no request on a connection that is told to go. */
  public boolean isSent() throws InterruptedException {
    return last.await(SECONDS, TimeUnit.SECONDS) && last.isSuccess();
  }

  /** RESET_STREAM and STOP_SENDING. */
  void cancel(int code) {
    var _ = channel.shutdown(code);
  }

  /** STOP_SENDING alone. */
  void stop(int code) {
    var _ = channel.shutdownInput(code);
  }

  Event next() throws InterruptedException {
    Event event = events.poll(SECONDS, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("nothing came on " + channel);
    }
    return event;
  }

  boolean isQuiet() {
    return events.isEmpty();
  }

  public Answer answer() throws InterruptedException {
    List<Http3Headers> heads = new ArrayList<>();
    ByteBuf text = Unpooled.buffer();
    while (true) {
      switch (next()) {
        case Event.Head head -> heads.add(head.fields());
        case Event.Content content -> text.writeBytes(content.bytes());
        case Event.End end -> {
          return new Answer(heads, text.toString(UTF_8));
        }
        case Event.Broken broken -> throw new AssertionError("broken: " + broken);
      }
    }
  }

  /** Until the server resets it: with this code, -1 where the connection has ended. */
  int reset() throws InterruptedException {
    while (true) {
      switch (next()) {
        case Event.Broken broken -> {
          return broken.code();
        }
        case Event.End end -> throw new AssertionError("it ended well");
        case Event.Head head -> {}
        case Event.Content content -> {}
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    switch (message) {
      case Http3HeadersFrame frame -> events.add(new Event.Head(frame.headers()));
      case Http3DataFrame frame -> content(frame.content());
      case ByteBuf bytes -> content(bytes);
      default -> ReferenceCountUtil.release(message);
    }
  }

  private void content(ByteBuf bytes) {
    events.add(new Event.Content(Unpooled.copiedBuffer(bytes)));
    bytes.release();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownReadComplete) {
      events.add(new Event.End());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    events.add(new Event.Broken(code(cause)));
  }

  private static int code(Throwable cause) {
    return cause instanceof QuicStreamResetException reset
        ? (int) reset.applicationProtocolCode()
        : -2;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    events.add(new Event.Broken(-1));
  }
}
