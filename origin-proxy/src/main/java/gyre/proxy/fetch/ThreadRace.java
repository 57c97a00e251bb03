package gyre.proxy.fetch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A race on virtual threads and the real clock. An answer that comes too late is closed. */
final class ThreadRace<T> implements HedgedFetch.Race<T> {
  private final Consumer<T> discard;
  private final LinkedBlockingQueue<HedgedFetch.Outcome<T>> outcomes = new LinkedBlockingQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean ended;

  ThreadRace(Consumer<T> discard) {
    this.discard = discard;
  }

  @Override
  public void start(HedgedFetch.Attempt<T> attempt) {
    threads.add(Thread.ofVirtual().name("gyre-source").start(() -> run(attempt)));
  }

  private void run(HedgedFetch.Attempt<T> attempt) {
    HedgedFetch.Outcome<T> outcome;
    try {
      outcome = attempt.run();
    } catch (InterruptedException e) {
      outcome = new HedgedFetch.Outcome.Bad<>("cancelled");
    } catch (RuntimeException e) {
      outcome = new HedgedFetch.Outcome.Bad<>(e.toString());
    }
    synchronized (this) {
      if (!ended) {
        outcomes.add(outcome);
        return;
      }
    }
    drop(outcome);
  }

  @Override
  public Optional<HedgedFetch.Outcome<T>> await(Duration atMost) throws InterruptedException {
    return Optional.ofNullable(outcomes.poll(atMost.toNanos(), TimeUnit.NANOSECONDS));
  }

  @Override
  public void end() {
    synchronized (this) {
      ended = true;
    }
    threads.forEach(Thread::interrupt);
    outcomes.forEach(this::drop);
  }

  private void drop(HedgedFetch.Outcome<T> outcome) {
    if (outcome instanceof HedgedFetch.Outcome.Good<T> good) {
      discard.accept(good.value());
    }
  }
}
