package gyre.proxy.log;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * A log for what anybody may cause as often as they like: {@link #LINES} lines in {@link #INTERVAL}
 * are written, the rest is counted and told in one line at its end. Any thread; costs a counter
 * where nothing is written.
 */
public final class RationedLog {
  static final int LINES = 10;
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Logger log;
  private final Executor afterInterval;
  private final AtomicLong seen = new AtomicLong();

  public RationedLog(Logger log) {
    this(log, CompletableFuture.delayedExecutor(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** {@code afterInterval} runs a task once, {@link #INTERVAL} later. */
  RationedLog(Logger log, Executor afterInterval) {
    this.log = log;
    this.afterInterval = afterInterval;
  }

  public void info(String format, Object... arguments) {
    write(Level.INFO, format, arguments);
  }

  public void warn(String format, Object... arguments) {
    write(Level.WARN, format, arguments);
  }

  private void write(Level level, String format, Object... arguments) {
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    long count = seen.incrementAndGet();
    if (count == 1) {
      afterInterval.execute(() -> end(level));
    }
    if (count <= LINES) {
      log.atLevel(level).log(format, arguments);
    }
  }

  private void end(Level level) {
    long more = seen.getAndSet(0) - LINES;
    if (more > 0) {
      log.atLevel(level)
          .log("and {} more of these lines in the last {} s", more, INTERVAL.toSeconds());
    }
  }
}
