package gyre.proxy.http.h2;

import gyre.proxy.fetch.Decision;
import gyre.proxy.http.exchange.Answering;
import gyre.proxy.http.exchange.Exchange;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontConnection;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.log.RationedLog;
import gyre.proxy.message.Headers;
import gyre.proxy.sender.TrustedProxies.Arrival;
import gyre.proxy.transport.Outbound;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection in HTTP/2: its streams share the socket fairly, and what the client does
 * not take is not pulled. Owned by its event loop; the streams write through {@link Outgoing}.
 */
public final class H2Connection extends Http2ConnectionHandler implements FrontConnection {
  private static final Logger log = LoggerFactory.getLogger(H2Connection.class);
  private static final RationedLog rationed = new RationedLog(log);

  private final Front front;
  private final FloodGuard guard;
  private final RecentResets resets;
  private final Codec codec;
  private final Channel channel;
  private final Arrival line;
  private final Answering answering;
  private final Outgoing outgoing;
  private final Streams streams;
  private final Watch watch;
  private final Farewell farewell;
  private ChannelHandlerContext context;
  private boolean working;
  private boolean onceMore;

  public H2Connection(Front front, Channel channel, Arrival line) {
    this(front, channel, line, new FloodGuard(), new RecentResets());
  }

  private H2Connection(
      Front front, Channel channel, Arrival line, FloodGuard guard, RecentResets resets) {
    this(front, channel, line, guard, resets, Codec.of(guard, resets));
  }

  @SuppressWarnings("NullAway.Init") // the context comes with handlerAdded, before anything else
  private H2Connection(
      Front front,
      Channel channel,
      Arrival line,
      FloodGuard guard,
      RecentResets resets,
      Codec codec) {
    super(codec.decoder(), codec.encoder(), Codec.settings(front.limits()), true, false);
    this.front = front;
    this.guard = guard;
    this.resets = resets;
    this.codec = codec;
    this.channel = channel;
    this.line = line;
    this.answering = new Answering(front);
    this.outgoing = new Outgoing(this, front, codec, guard, resets);
    this.streams = new Streams(this, codec.connection());
    this.watch = new Watch(this, front.limits().times(), channel.eventLoop());
    this.farewell = new Farewell(this, codec, watch);
    codec.decoder().frameListener(new Frames(this, codec.connection(), streams));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    context = added;
    super.handlerAdded(added);
    codec.widen(front.limits());
    watch.begin();
    if (front.draining().get()) {
      farewell.announce();
    }
    added.flush();
    if (channel.isActive()) {
      added.read();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext read, Object message) throws Exception {
    long before = codec.reader().frames();
    super.channelRead(read, message);
    watch.bytesCame(codec.reader().frames() > before);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext read) {
    discardSomeReadBytes();
    work();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    watch.writabilityChanged(channel.isWritable());
    work();
  }

  /**
   * Lets the streams send as far as the socket takes it, flushes, then asks for more. What a flush
   * sets free goes on in the same loop, not deeper in the stack.
   */
  void work() {
    onceMore = true;
    if (working) {
      return;
    }
    working = true;
    try {
      while (onceMore) {
        onceMore = false;
        streams.advance();
        context.flush();
      }
    } finally {
      working = false;
    }
    farewell.lookAround();
    if (channel.isActive() && channel.isWritable()) {
      context.read();
    }
  }

  /** Begins the exchange of a stream whose head is read. */
  void begin(H2Stream stream) {
    guard.request();
    answering.begin(stream.exchange(), stream);
  }

  /** Any thread: does it on the event loop, then sends what there is. */
  void onLoop(Runnable step) {
    execute(
        () -> {
          step.run();
          work();
        });
  }

  /** Any thread. */
  void execute(Runnable step) {
    channel.eventLoop().execute(step);
  }

  /** Event loop: so many bytes of a request's body were read; the window may open again. */
  void consumed(Http2Stream stream, int bytes) {
    try {
      if (codec.decoder().flowController().consumeBytes(stream, bytes)) {
        context.flush();
      }
    } catch (Http2Exception e) {
      onError(context, true, e);
    }
  }

  /** Says with a status why the stream is about to be reset. */
  void refuse(Http2Stream stream, Refusal refusal) {
    tell(refusal);
    outgoing.interim(stream, refusal.status(), Headers.EMPTY);
  }

  StreamTunnel tunnel(H2Stream stream, Decision.Tunnel tunnel) {
    return new StreamTunnel(front, this, stream, tunnel);
  }

  void tell(Refusal refusal) {
    rationed.info("{} for a request from {}: {}", refusal.status(), client(), refusal.reason());
  }

  void tell(String reason) {
    rationed.info("no tunnel for {}: {}", client(), reason);
  }

  void brokeOff(Exception reason) {
    log.debug("response to {} broke off: {}", client(), reason.toString());
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext at,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (resets.contains(error.streamId())) {
      return; // what was on its way (RFC 9113, 5.4.2)
    }
    rationed.info("stream of {} reset: {}", client(), error.getMessage());
    try {
      guard.reset();
      resets.add(error.streamId());
      super.onStreamError(at, outbound, cause, error);
    } catch (Http2Exception tooMany) {
      onConnectionError(at, outbound, tooMany, tooMany);
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext at, boolean outbound, Throwable cause, @Nullable Http2Exception error) {
    Http2Error code = error == null ? Http2Error.INTERNAL_ERROR : error.error();
    rationed.info("connection of {} closed with {}: {}", client(), code, cause.getMessage());
    farewell.endWith(code);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext at, Throwable cause) throws Exception {
    if (!(cause instanceof IOException)) {
      rationed.info("connection of {} closed: {}", client(), cause.toString());
    }
    close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext at) throws Exception {
    watch.end();
    super.channelInactive(at);
  }

  @Override
  public void drain() {
    farewell.announce();
  }

  /** A client that holds the connection without using it as agreed. */
  void giveUp(String reason) {
    rationed.info("connection of {} closed: {}", client(), reason);
    close();
  }

  void close() {
    Outbound.close(channel);
  }

  boolean hasPreface() {
    return codec.decoder().prefaceReceived();
  }

  void log(Exchange exchange, long written) {
    answering.ended(exchange, written);
  }

  private InetAddress client() {
    return line.sender().peer();
  }

  Arrival line() {
    return line;
  }

  H2Stream open(Http2Stream stream, RequestHead head) {
    return streams.open(stream, new H2Stream(this, stream, head, front.terms()));
  }

  long largestBody() {
    return front.limits().bodies().most();
  }

  Farewell farewell() {
    return farewell;
  }

  Streams streams() {
    return streams;
  }

  Outgoing outgoing() {
    return outgoing;
  }

  ChannelHandlerContext context() {
    return context;
  }

  Channel channel() {
    return channel;
  }

  ByteBufAllocator alloc() {
    return channel.alloc();
  }
}
