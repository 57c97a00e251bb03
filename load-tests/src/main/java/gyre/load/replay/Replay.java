package gyre.load.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Plays a log in open loop: each request starts when the log says, divided by the speed, whether or
 * not earlier ones were answered. The calling thread reads and schedules; each request has a
 * virtual thread, at most {@code MOST_UNDER_WAY} at once.
 */
final class Replay implements AutoCloseable {
  private static final int MOST_UNDER_WAY = 10_000;
  private static final int MOST_VISITS = 2_000;

  private final URI target;
  private final double speed;
  private final Visits visits;
  private final HttpClient http;
  private final Holders holders = new Holders();
  private final Tally tally = new Tally();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore underWay = new Semaphore(MOST_UNDER_WAY);
  private final Map<Integer, CompletableFuture<SimulatedVisitor>> present = new HashMap<>();

  Replay(URI target, double speed, Duration silence) {
    this.target = target;
    this.speed = speed;
    this.visits = new Visits(silence, MOST_VISITS);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
  }

  URI target() {
    return target;
  }

  HttpClient http() {
    return http;
  }

  Holders holders() {
    return holders;
  }

  Tally tally() {
    return tally;
  }

  int visits() {
    return visits.begun();
  }

  /** Reads to the end of the log and waits for the last answer. */
  void play(LogLines log) throws IOException, InterruptedException {
    Optional<Clock> clock = Optional.empty();
    for (Optional<LogLine> line = log.next(); line.isPresent(); line = log.next()) {
      switch (line.get()) {
        case LogLine.Malformed _ -> tally.malformed.increment();
        case LogLine.Entry entry when !entry.isPlayable() -> tally.skipped.increment();
        case LogLine.Entry entry -> {
          Clock running = clock.orElseGet(() -> new Clock(entry.time(), System.nanoTime(), speed));
          clock = Optional.of(running);
          schedule(entry, running.due(entry.time()));
        }
      }
    }
    underWay.acquire(MOST_UNDER_WAY);
    underWay.release(MOST_UNDER_WAY);
  }

  /** Log time to the nanosecond clock. */
  private record Clock(Instant first, long start, double speed) {
    long due(Instant time) {
      return start + (long) (Duration.between(first, time).toNanos() / speed);
    }
  }

  private void schedule(LogLine.Entry entry, long dueNanos) throws InterruptedException {
    Visits.Step step = visits.next(entry);
    waitUntil(dueNanos);
    step.ended().forEach(this::end);
    if (step.begins()) {
      present.put(step.visit(), arriving(entry.target()));
    }
    CompletableFuture<SimulatedVisitor> visitor = present.get(step.visit());
    tally.playable.increment();
    underWay.acquire();
    threads.execute(() -> play(visitor, entry.target(), dueNanos));
  }

  private CompletableFuture<SimulatedVisitor> arriving(String page) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return SimulatedVisitor.arrive(this, page);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a visitor arrived", e);
          }
        },
        threads);
  }

  private void play(CompletableFuture<SimulatedVisitor> visitor, String path, long dueNanos) {
    try {
      visitor.join().play(path, dueNanos);
    } catch (IOException | RuntimeException e) {
      tally.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.release();
    }
  }

  private void end(int visit) {
    CompletableFuture<SimulatedVisitor> visitor = present.remove(visit);
    if (visitor != null) {
      var _ = visitor.thenAccept(SimulatedVisitor::close);
    }
  }

  private static void waitUntil(long dueNanos) throws InterruptedException {
    for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException("the replay was interrupted");
      }
    }
  }

  @Override
  public void close() {
    List.copyOf(present.keySet()).forEach(this::end);
    threads.shutdownNow();
    http.shutdownNow();
  }
}
