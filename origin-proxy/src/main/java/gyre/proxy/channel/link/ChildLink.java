package gyre.proxy.channel.link;

import gyre.proxy.channel.Channel;
import gyre.proxy.channel.ChannelListener;
import gyre.proxy.channel.ChildCodec;
import gyre.proxy.channel.ChildNotice;
import gyre.proxy.channel.ChildOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One living channel child with the connections in it. Its reader thread calls their listeners; any
 * thread may open and order. When the child ends, for whatever reason, every connection is told so
 * and then {@code ended} is called, once.
 */
final class ChildLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildLink.class);

  private final ChildProcess process;
  private final InstantSource clock;
  private final Consumer<ChildLink> ended;
  private final Map<Integer, LinkedChannel> channels = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger pings = new AtomicInteger();
  private final Thread reader;
  private volatile Instant answered;
  private volatile long received;
  private volatile boolean gone;

  ChildLink(ChildProcess process, String name, InstantSource clock, Consumer<ChildLink> ended) {
    this.process = process;
    this.clock = clock;
    this.ended = ended;
    this.answered = clock.instant();
    this.reader = Thread.ofPlatform().daemon().name(name + "-reader").unstarted(this::read);
  }

  void start(ChildOrder.Configure configure) {
    process.socket().start();
    reader.start();
    order(configure);
  }

  long pid() {
    return process.pid();
  }

  int connections() {
    return channels.size();
  }

  /** Messages that the child has received, as of its last answer. */
  long received() {
    return received;
  }

  /** Asks for a sign of life; the answer moves {@link #silence} back to nothing. */
  void ping() {
    order(new ChildOrder.Ping(pings.incrementAndGet()));
  }

  Duration silence() {
    return Duration.between(answered, clock.instant());
  }

  Optional<Channel> open(boolean offers, ChannelListener listener) {
    int number = numbers.incrementAndGet();
    LinkedChannel channel = new LinkedChannel(number, this, listener);
    channels.put(number, channel);
    if (gone) {
      channels.remove(number);
      return Optional.empty();
    }
    order(new ChildOrder.Open(number, offers));
    return Optional.of(channel);
  }

  /** Tells every connection that the child will be replaced. */
  void retire() {
    channels.values().forEach(channel -> channel.listener().retiring());
  }

  void order(ChildOrder order) {
    process.socket().send(ChildCodec.encode(order));
  }

  private void read() {
    String reason = "the channel child ended";
    try {
      Optional<ByteBuffer> frame = process.socket().read();
      while (frame.isPresent()) {
        apply(ChildCodec.decodeNotice(frame.get()));
        frame = process.socket().read();
      }
    } catch (IOException e) {
      reason = "the channel child ended: " + e.getMessage();
    } finally {
      end(reason);
    }
  }

  private void end(String reason) {
    gone = true;
    process.close();
    channels.values().forEach(channel -> channel.gone(reason));
    channels.clear();
    ended.accept(this);
  }

  private void apply(ChildNotice notice) {
    switch (notice) {
      case ChildNotice.Described described ->
          with(described.connection(), c -> c.listener().described(described.sdp()));
      case ChildNotice.Candidate candidate ->
          with(
              candidate.connection(),
              c ->
                  c.listener().candidate(candidate.candidate(), candidate.mid(), candidate.line()));
      case ChildNotice.Opened opened -> with(opened.connection(), c -> c.listener().opened());
      case ChildNotice.Received message ->
          with(message.connection(), c -> c.listener().received(message.message().buffer()));
      case ChildNotice.Drained drained ->
          with(drained.connection(), c -> c.drained(drained.bytes()));
      case ChildNotice.Closed closed -> {
        LinkedChannel channel = channels.remove(closed.connection());
        if (channel != null) {
          channel.gone(closed.reason());
        }
      }
      case ChildNotice.Pong pong -> {
        answered = clock.instant();
        received = pong.received();
      }
    }
  }

  private void with(int connection, Consumer<LinkedChannel> action) {
    LinkedChannel channel = channels.get(connection);
    if (channel == null) {
      return;
    }
    try {
      action.accept(channel);
    } catch (RuntimeException e) {
      // One peer's channel must not end the child that holds all the others.
      LOG.error("a channel failed and is closed", e);
      channel.close();
    }
  }

  /** Kills the child; its reader thread then tells everyone. */
  @Override
  public void close() {
    process.close();
  }
}
