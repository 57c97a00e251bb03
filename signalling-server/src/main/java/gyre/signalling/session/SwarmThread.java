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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the directory. Its queue is bounded for what peers say; joins and leaves
 * always find room, because there are no more of them than connections.
 */
final class SwarmThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SwarmThread.class);
  private static final int ROOM = 32_768;

  private final Directory directory;
  private final Switchboard switchboard;
  private final InstantSource clock;
  private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private Instant now = Instant.MIN;

  SwarmThread(Directory directory, Switchboard switchboard, InstantSource clock) {
    this.directory = directory;
    this.switchboard = switchboard;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("gyre-swarm").daemon(true).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** False where the queue is full. */
  boolean submit(Command command) {
    if (queue.size() >= ROOM) {
      return false;
    }
    submitAlways(command);
    return true;
  }

  void submitAlways(Command command) {
    queue.add(() -> directory.apply(command, advance()).forEach(switchboard::deliver));
  }

  /** Waits for the owner; TimeoutException where it has too much to do. */
  Census census(Duration patience) throws TimeoutException, InterruptedException {
    CompletableFuture<Census> answer = new CompletableFuture<>();
    queue.add(() -> answer.complete(directory.census(advance())));
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
        queue.take().run();
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
