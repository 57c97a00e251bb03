package gyre.proxy.app;

import gyre.proxy.fetch.AppSource.Outcome;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HopByHop;
import gyre.proxy.message.Request;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One app at work in this proxy's own executor: keeps a workerd process running, replaces it when
 * it dies, hangs or takes too much memory (with growing pauses), and hands it requests.
 *
 * <p>Its life is one virtual thread, {@code executor-<app>}; calls come on virtual threads of their
 * own.
 */
final class AppExecutor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AppExecutor.class);

  /** Where it is between two deaths. */
  private sealed interface Phase {
    record Starting() implements Phase {}

    record Running(WorkerdProcess process) implements Phase {}

    record Down(String reason) implements Phase {}
  }

  private final Deployment app;
  private final Path binary;
  private final Path folder;
  private final ExecutorHttp http;
  private final ExecutorLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder unavailable = new LongAdder();
  private final Thread life;
  private Phase phase = new Phase.Starting();
  private final AtomicInteger starts = new AtomicInteger();
  private volatile boolean closed;

  /** The folder holds its configuration and its script already. */
  AppExecutor(Deployment app, Path binary, Path folder, ExecutorHttp http, ExecutorLimits limits) {
    this.app = app;
    this.binary = binary;
    this.folder = folder;
    this.http = http;
    this.limits = limits;
    this.life = Thread.ofVirtual().name("executor-" + app.id().name()).unstarted(this::live);
  }

  /** Whether it is this very version, with the same bindings. */
  boolean runs(Deployment other) {
    return app.equals(other);
  }

  void start() {
    life.start();
  }

  /** Waits at most {@code deadline} for the response's head. */
  Outcome call(Request request, Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    Optional<WorkerdProcess> process = awaitRunning(limits.startPatience());
    if (process.isEmpty()) {
      unavailable.increment();
      return new Outcome.Unavailable(name() + ": " + state());
    }
    Outcome outcome = exchange(process.get(), request, Duration.ofNanos(end - System.nanoTime()));
    switch (outcome) {
      case Outcome.Answered _ -> answered.increment();
      case Outcome.Failed _ -> failed.increment();
      case Outcome.Unavailable _ -> unavailable.increment();
    }
    return outcome;
  }

  private Outcome exchange(WorkerdProcess process, Request request, Duration deadline)
      throws InterruptedException {
    try {
      return new Outcome.Answered(
          http.exchange(process.appSocket(), forExecutor(request), deadline));
    } catch (ConnectException e) {
      return new Outcome.Unavailable(name() + " takes no connection: " + e.getMessage());
    } catch (SocketTimeoutException e) {
      Vitals vitals = new Vitals(process, http, limits);
      Thread.ofVirtual().start(vitals::endIfStuck);
      return new Outcome.Failed(
          name() + " did not answer within " + limits.deadline().toMillis() + " ms");
    } catch (InterruptedIOException e) {
      throw interrupted(e);
    } catch (IOException e) {
      return new Outcome.Failed(name() + ": " + e.getMessage());
    }
  }

  private static InterruptedException interrupted(InterruptedIOException cause) {
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException(cause.getMessage());
    interrupted.initCause(cause);
    return interrupted;
  }

  /** workerd takes the URL's scheme from X-Forwarded-Proto, its authority from Host. */
  private static Request forExecutor(Request request) {
    Headers headers =
        HopByHop.strip(request.headers())
            .without(field -> field.name().equals("expect"))
            .with("host", request.authority())
            .with("x-forwarded-proto", request.scheme());
    return request.withHeaders(headers);
  }

  private void live() {
    int failures = 0;
    String lastReason = "";
    while (!closed) {
      long began = System.nanoTime();
      become(new Phase.Starting());
      String reason = runOnce();
      failures = limits.isHealthy(System.nanoTime() - began) ? 0 : failures;
      Duration pause = limits.pause(failures++);
      if (closed) {
        return;
      }
      if (!reason.equals(lastReason)) {
        LOG.warn("{} ended ({}); starts again in {} ms", name(), reason, pause.toMillis());
      }
      lastReason = reason;
      rest(reason, pause);
    }
  }

  /** One process from its start to its end; why it ended. */
  private String runOnce() {
    try {
      WorkerdProcess process =
          WorkerdProcess.start(binary, folder, app.id().name(), starts.incrementAndGet());
      try (process) {
        serveWith(process);
      }
      return process.end();
    } catch (IOException e) {
      return "cannot be started: " + e.getMessage();
    } catch (InterruptedException e) {
      return "closed";
    }
  }

  private void serveWith(WorkerdProcess process) throws InterruptedException {
    Vitals vitals = new Vitals(process, http, limits);
    if (vitals.isReady()) {
      process.lines().release();
      LOG.info("{} is up as process {}", name(), process.pid());
      become(new Phase.Running(process));
      vitals.watch();
      become(new Phase.Starting());
    }
  }

  private void become(Phase next) {
    lock.lock();
    try {
      phase = next;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void rest(String reason, Duration pause) {
    lock.lock();
    try {
      if (pause.isPositive()) {
        phase = new Phase.Down(reason);
        changed.signalAll();
      }
      long left = pause.toNanos();
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private Optional<WorkerdProcess> awaitRunning(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (phase instanceof Phase.Starting && left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
      return phase instanceof Phase.Running running
          ? Optional.of(running.process())
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private String name() {
    return "executor of '" + app.id().name() + "'";
  }

  private Phase phase() {
    lock.lock();
    try {
      return phase;
    } finally {
      lock.unlock();
    }
  }

  private String state() {
    return switch (phase()) {
      case Phase.Starting _ -> "starting";
      case Phase.Running _ -> "running";
      case Phase.Down down -> "down: " + down.reason();
    };
  }

  ExecutorStatus status() {
    Optional<WorkerdProcess> running =
        phase() instanceof Phase.Running it ? Optional.of(it.process()) : Optional.empty();
    return new ExecutorStatus(
        app.id(),
        state(),
        running.map(it -> OptionalLong.of(it.pid())).orElse(OptionalLong.empty()),
        running.map(WorkerdProcess::memory).orElse(OptionalLong.empty()),
        starts.get(),
        new ExecutorStatus.Requests(answered.sum(), failed.sum(), unavailable.sum()));
  }

  /** Returns once the process is gone. */
  @Override
  public void close() {
    closed = true;
    become(new Phase.Down("the proxy ends"));
    life.interrupt();
    try {
      life.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
