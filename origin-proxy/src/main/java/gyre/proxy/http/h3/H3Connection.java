package gyre.proxy.http.h3;

import gyre.proxy.http.exchange.Answering;
import gyre.proxy.http.exchange.Front;
import gyre.proxy.http.exchange.FrontConnection;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.Terms;
import gyre.proxy.log.RationedLog;
import gyre.proxy.sender.TrustedProxies.Arrival;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicException;
import io.netty.handler.codec.quic.QuicPathEvent;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection in HTTP/3. QUIC shares it among its streams, and what the client does not
 * take is not pulled. Owned by its event loop.
 */
public final class H3Connection extends ChannelInboundHandlerAdapter implements FrontConnection {
  private static final Logger log = LoggerFactory.getLogger(H3Connection.class);
  private static final RationedLog rationed = new RationedLog(log);

  private final Front front;
  private final QuicChannel channel;
  private final Answering answering;
  private final FloodGuard guard = new FloodGuard();
  private final Set<RequestReader> streams = new HashSet<>();
  private final Watch watch;
  private final Farewell farewell;
  private Arrival line;
  private boolean isEstablished;
  private long lastClosed = System.nanoTime();

  H3Connection(Front front, QuicChannel channel, InetAddress client) {
    this.front = front;
    this.channel = channel;
    this.answering = new Answering(front);
    this.line = Arrival.over(client, "https");
    this.watch = new Watch(this, front.limits().times(), channel.eventLoop());
    this.farewell = new Farewell(this, channel);
  }

  /** Gives the connection its handlers. */
  void begin() {
    channel.pipeline().addLast(this).addLast(Settings.protocol(this, new Requests(this)));
    watch.begin();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    isEstablished = true;
    context.fireChannelActive();
    if (front.draining().get()) {
      farewell.announce();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof QuicPathEvent.PeerMigrated moved) {
      line = Arrival.over(moved.remote().getAddress(), "https");
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    watch.end();
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failed(cause);
  }

  @Override
  public void drain() {
    if (isEstablished) {
      farewell.announce();
    } else {
      close(Http3ErrorCode.H3_NO_ERROR, "stopping");
    }
  }

  void opened(RequestReader stream, long id) {
    streams.add(stream);
    watch.opened();
    farewell.opened(id);
  }

  void closed(RequestReader stream) {
    if (streams.remove(stream)) {
      lastClosed = System.nanoTime();
      farewell.lookAround();
    }
  }

  /** Begins the exchange of a stream whose head is read. */
  void begin(H3Stream stream) {
    guard.request();
    answering.begin(stream.exchange(), stream);
  }

  /** The exchange is over, well or not. */
  void ended(H3Stream stream, long written) {
    answering.ended(stream.exchange(), written);
  }

  /** Whether a request on this stream came before the client was told the last one. */
  boolean isServed(long id) {
    return farewell.isServed(id);
  }

  void controlFrame() {
    if (!guard.controlFrame()) {
      giveUp("too many control frames");
    }
  }

  /** A stream has ended before its time. */
  void reset() {
    leftover();
    if (!guard.reset()) {
      giveUp("too many streams that were reset");
    }
  }

  /** A stream of which something is left until the connection ends. */
  void leftover() {
    if (!guard.leftover()) {
      farewell.end();
    }
  }

  private void giveUp(String reason) {
    if (channel.isOpen()) {
      rationed.info("connection of {} closed: {}", client(), reason);
      close(Http3ErrorCode.H3_EXCESSIVE_LOAD, reason);
    }
  }

  /** Beyond repair, as Netty or the client says. */
  void failed(Throwable cause) {
    rationed.info("connection of {} failed: {}", client(), cause.toString());
  }

  void streamFailed(Throwable cause) {
    if (cause instanceof QuicException) {
      log.debug("stream of {} ended: {}", client(), cause.toString());
    } else {
      rationed.info("stream of {} reset: {}", client(), cause.getMessage());
    }
  }

  void tell(Refusal refusal) {
    rationed.info("{} for a request from {}: {}", refusal.status(), client(), refusal.reason());
  }

  void brokeOff(Exception reason) {
    log.debug("response to {} broke off: {}", client(), reason.toString());
  }

  void close(Http3ErrorCode code, String reason) {
    Ending.close(channel, code, reason);
  }

  private InetAddress client() {
    return line.sender().peer();
  }

  Arrival line() {
    return line;
  }

  Terms terms() {
    return front.terms();
  }

  long largestBody() {
    return front.limits().bodies().most();
  }

  String date() {
    return front.date().now();
  }

  boolean isEstablished() {
    return isEstablished;
  }

  boolean hasStreams() {
    return !streams.isEmpty();
  }

  /** A copy: looking at streams may end them. */
  List<RequestReader> streams() {
    return List.copyOf(streams);
  }

  /** By {@link System#nanoTime}. */
  long lastClosed() {
    return lastClosed;
  }

  Farewell farewell() {
    return farewell;
  }
}
