package gyre.proxy.swarm;

import gyre.proxy.channel.Channel;
import gyre.proxy.channel.ChannelListener;
import gyre.proxy.channel.Channels;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Channels in memory: descriptions are names, and two ends find each other by them. One thread
 * calls all listeners, as a child's reader thread does.
 */
final class MemoryChannels implements Channels, AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("memory-channels").factory());
  private final Map<String, End> ends = new ConcurrentHashMap<>();
  private final AtomicInteger names = new AtomicInteger();
  private volatile boolean away;

  /** Closes every channel and opens no other until {@link #comeBack}: the child was killed. */
  void goAway() {
    away = true;
    ends.values().forEach(end -> end.shut("the channel child ended"));
    ends.clear();
  }

  void comeBack() {
    away = false;
  }

  @Override
  public Optional<Channel> open(boolean offers, ChannelListener listener) {
    if (away) {
      return Optional.empty();
    }
    End end = new End((offers ? "offer-" : "answer-") + names.incrementAndGet(), listener);
    ends.put(end.name, end);
    if (offers) {
      thread.execute(() -> listener.described(end.name));
    }
    return Optional.of(end);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private final class End implements Channel {
    private final String name;
    private final ChannelListener listener;
    private volatile Optional<End> other = Optional.empty();
    private volatile boolean closed;

    End(String name, ChannelListener listener) {
      this.name = name;
      this.listener = listener;
    }

    @Override
    public void describe(String sdp) {
      End found = ends.get(sdp);
      if (found == null) {
        shut("the other end is gone");
        return;
      }
      other = Optional.of(found);
      if (sdp.startsWith("offer-")) {
        thread.execute(() -> listener.described(name));
      } else {
        thread.execute(listener::opened);
        thread.execute(found.listener::opened);
      }
    }

    @Override
    public void candidate(String candidate, String mid, int line) {}

    @Override
    public boolean send(ByteBuffer message) {
      byte[] copy = new byte[message.remaining()];
      message.get(copy);
      other.ifPresent(end -> thread.execute(() -> end.deliver(ByteBuffer.wrap(copy))));
      return true;
    }

    @Override
    public boolean isBusy() {
      return false;
    }

    private void deliver(ByteBuffer message) {
      if (!closed) {
        listener.received(message);
      }
    }

    @Override
    public void close() {
      shut("closed here");
      other.ifPresent(end -> end.shut("the other side closed"));
    }

    private void shut(String reason) {
      if (!closed) {
        closed = true;
        thread.execute(() -> listener.closed(reason));
      }
    }
  }
}
