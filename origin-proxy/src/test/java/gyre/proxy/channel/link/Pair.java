package gyre.proxy.channel.link;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.proxy.channel.Channel;
import gyre.proxy.channel.ChannelListener;
import gyre.proxy.channel.Channels;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Two ends of one connection whose descriptions and candidates are told to each other at once. */
final class Pair {
  final End offerer = new End();
  final End answerer = new End();

  static Pair connect(Channels one, Channels other) throws InterruptedException {
    Pair pair = new Pair();
    pair.offerer.other.complete(pair.answerer);
    pair.answerer.other.complete(pair.offerer);
    pair.answerer.channel.complete(opened(other, false, pair.answerer));
    pair.offerer.channel.complete(opened(one, true, pair.offerer));
    assertTrue(pair.offerer.open.tryAcquire(20, TimeUnit.SECONDS), "the offerer's channel opens");
    assertTrue(pair.answerer.open.tryAcquire(20, TimeUnit.SECONDS), "the answerer's channel opens");
    return pair;
  }

  /** Waits for a child that is up. */
  private static Channel opened(Channels channels, boolean offers, End end)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    Optional<Channel> channel = channels.open(offers, end);
    while (channel.isEmpty() && System.nanoTime() < deadline) {
      end.never.tryAcquire(20, TimeUnit.MILLISECONDS);
      channel = channels.open(offers, end);
    }
    return channel.orElseThrow();
  }

  static final class End implements ChannelListener {
    final CompletableFuture<Channel> channel = new CompletableFuture<>();
    final CompletableFuture<End> other = new CompletableFuture<>();
    final Semaphore open = new Semaphore(0);
    final Semaphore room = new Semaphore(0);
    final Semaphore retired = new Semaphore(0);
    final Semaphore never = new Semaphore(0);
    final LinkedBlockingQueue<ByteBuffer> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();

    /** Sends, waiting for room as long as it takes within the deadline. */
    void send(ByteBuffer message) throws InterruptedException {
      while (!channel.join().send(message)) {
        assertTrue(room.tryAcquire(20, TimeUnit.SECONDS), "room to send within the deadline");
      }
    }

    @Override
    public void described(String sdp) {
      var _ = other.join().channel.thenAccept(c -> c.describe(sdp));
    }

    @Override
    public void candidate(String candidate, String mid, int line) {
      var _ = other.join().channel.thenAccept(c -> c.candidate(candidate, mid, line));
    }

    @Override
    public void opened() {
      open.release();
    }

    @Override
    public void received(ByteBuffer message) {
      messages.add(message);
    }

    @Override
    public void writable() {
      room.release();
    }

    @Override
    public void retiring() {
      retired.release();
    }

    @Override
    public void closed(String reason) {
      closed.complete(reason);
    }
  }
}
