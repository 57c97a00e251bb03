package gyre.signalling.session;

import gyre.wire.RefusalCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.PingFrame;
import org.java_websocket.framing.PongFrame;

/**
 * One socket: its bounded way out, its deadlines, its place in the counts. Sending and closing are
 * safe from any thread and never wait.
 */
final class Connection implements Line, GuardedChannel.Events {
  private final WebSocketImpl socket;
  private final GuardedChannel channel;
  private final Conversation conversation;
  private final Callers callers;
  private final Meters meters;
  private final InetAddress peer;
  private final Instant accepted;
  private final AtomicLong queued = new AtomicLong();
  private final AtomicBoolean isGone = new AtomicBoolean();
  private volatile Optional<InetAddress> counted = Optional.empty();
  private Optional<Instant> closingSeen = Optional.empty();

  Connection(WebSocketImpl socket, SocketChannel channel, Callers callers, Services services)
      throws IOException {
    this.socket = socket;
    this.channel = new GuardedChannel(channel, this);
    this.conversation = new Conversation(this, services);
    this.callers = callers;
    this.meters = services.meters();
    this.peer = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
    this.accepted = services.clock().instant();
  }

  /** Takes its place in the counts; a stranger's address counts at once. */
  boolean enter() {
    if (!callers.enter()) {
      return false;
    }
    if (callers.addresses().isTrusted(peer) || countAs(peer)) {
      return true;
    }
    callers.exit();
    return false;
  }

  /** A trusted proxy tells for whom it speaks; false where that one has too many connections. */
  boolean identify(String forwardedFor) {
    return counted.isPresent() || countAs(callers.addresses().of(peer, forwardedFor));
  }

  private boolean countAs(InetAddress client) {
    if (!callers.enter(client)) {
      return false;
    }
    counted = Optional.of(client);
    return true;
  }

  GuardedChannel channel() {
    return channel;
  }

  Conversation conversation() {
    return conversation;
  }

  @Override
  public InetAddress client() {
    return counted.orElse(peer);
  }

  @Override
  public void send(byte[] message, int bound) {
    long size = message.length + headerOf(message.length);
    if (isWithin(size, bound)) {
      try {
        socket.send(message);
      } catch (WebsocketNotConnectedException closing) {
        queued.addAndGet(-size);
      }
    }
  }

  /** Answers a ping within the sender's allowance and the bound of strangers. */
  void answer(Framedata ping, int bound) {
    int size = ping.getPayloadData().remaining() + 2;
    if (conversation.mayPass(size) && isWithin(size, bound)) {
      socket.sendFrame(new PongFrame((PingFrame) ping));
    }
  }

  private boolean isWithin(long size, int bound) {
    if (queued.addAndGet(size) - channel.written() <= bound) {
      return true;
    }
    cut(Meters.Cut.SLOW_READER);
    return false;
  }

  private static long headerOf(int length) {
    if (length <= 125) {
      return 2;
    }
    return length <= 65_535 ? 4 : 10;
  }

  @Override
  public void close(String reason) {
    socket.close(CloseFrame.POLICY_VALIDATION, reason);
  }

  /** The watchdog's look at this connection; called by its thread alone. */
  void check(Instant now, Deadlines deadlines) {
    if (socket.isClosing() || socket.isFlushAndClose()) {
      Instant since = closingSeen.orElse(now);
      closingSeen = Optional.of(since);
      if (hasPassed(since, deadlines.closing(), now)) {
        cut(Meters.Cut.SLOW_CLOSE);
      }
    } else if (!socket.isOpen()) {
      if (hasPassed(accepted, deadlines.handshake(), now)) {
        cut(Meters.Cut.NO_HANDSHAKE);
      }
    } else if (!conversation.isWelcomed()) {
      if (hasPassed(accepted, deadlines.welcome(), now)) {
        meters.cut(Meters.Cut.NO_WELCOME);
        conversation.refuse(RefusalCode.MALFORMED, "no valid hello in time");
      }
    } else if (hasPassed(conversation.lastHeard(), deadlines.silence(), now)) {
      meters.cut(Meters.Cut.SILENT);
      close("silent");
    }
  }

  private static boolean hasPassed(Instant since, Duration deadline, Instant now) {
    return since.plus(deadline).isBefore(now);
  }

  /** Ends the connection at once, without a close frame. */
  private void cut(Meters.Cut reason) {
    meters.cut(reason);
    socket.closeConnection(CloseFrame.ABNORMAL_CLOSE, "");
  }

  @Override
  public void headerTooLong() {
    meters.cut(Meters.Cut.HEADER_TOO_LONG);
  }

  @Override
  public void closed() {
    if (isGone.compareAndSet(false, true)) {
      callers.exit();
      counted.ifPresent(callers::exit);
      conversation.closed();
    }
  }

  boolean isGone() {
    return isGone.get();
  }
}
