package gyre.signalling.session;

import gyre.signalling.directory.Census;
import gyre.signalling.directory.Command;
import gyre.signalling.directory.Directory;
import gyre.signalling.relay.Switchboard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the directory. Its queue is bounded for what peers say, by number and by
 * bytes; joins and leaves always find room, because there are no more of them than connections.
 */
final class SwarmThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SwarmThread.class);
  private static final int ROOM = 32_768;
  private static final int ROOM_BYTES = 64 << 20;

  private final Directory directory;
  private final Switchboard switchboard;
  private final InstantSource clock;
  private final LinkedBlockingQueue<Task> queue = new LinkedBlockingQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final Thread thread;
  private Instant now = Instant.MIN;

  /** What is to be done, and how many bytes of what peers said wait with it. */
  private record Task(Runnable work, int bytes) {}

  SwarmThread(Directory directory, Switchboard switchboard, InstantSource clock) {
    this.directory = directory;
    this.switchboard = switchboard;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("gyre-swarm").daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  /** False where the queue is full; {@code size} in bytes, as it came over the wire. */
  boolean submit(Command command, int size) {
    if (queue.size() >= ROOM || bytes.get() + size > ROOM_BYTES) {
      return false;
    }
    enqueue(() -> carryOut(command), size);
    return true;
  }

  void submitAlways(Command command) {
    enqueue(() -> carryOut(command), 0);
  }

  private void enqueue(Runnable work, int size) {
    bytes.addAndGet(size);
    queue.add(new Task(work, size));
  }

  private void carryOut(Command command) {
    directory.apply(command, advance()).forEach(switchboard::deliver);
  }

  /** Waits for the owner; TimeoutException where it has too much to do. */
  Census census(Duration patience) throws TimeoutException, InterruptedException {
    CompletableFuture<Census> answer = new CompletableFuture<>();
    enqueue(() -> answer.complete(directory.census(advance())), 0);
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  int waiting() {
    return queue.size();
  }

  private Instant advance() {
    Instant read = clock.instant();
    now = read.isAfter(now) ? read : now;
    return now;
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Task task = queue.take();
        bytes.addAndGet(-task.bytes());
        task.work().run();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException bug) {
        // One peer's command must not end the service of all others.
        LOG.error("a command failed in the directory; it is dropped", bug);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
