package gyre.proxy.fetch;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks sources in their order: the next one starts when the hedge delay has passed, or at once when
 * the one before has failed; the first good answer wins and the others are cancelled.
 */
final class HedgedFetch {

  /** One place to ask. Blocks; interrupting it gives it up. */
  interface Attempt<T> {
    Outcome<T> run() throws InterruptedException;
  }

  sealed interface Outcome<T> {
    record Good<T>(T value) implements Outcome<T> {}

    record Bad<T>(String reason) implements Outcome<T> {}
  }

  /** The time and the threads of one run. */
  interface Race<T> {
    void start(Attempt<T> attempt);

    /** The next outcome of whatever runs; empty after {@code atMost}. */
    Optional<Outcome<T>> await(Duration atMost) throws InterruptedException;

    /** Nothing that still runs is wanted any more. */
    void end();
  }

  private HedgedFetch() {}

  /**
   * An IOException carries every reason where all fail, or where none answers within {@code
   * deadline} after the last was started.
   */
  static <T> T run(List<Attempt<T>> sources, Duration hedge, Duration deadline, Race<T> race)
      throws IOException, InterruptedException {
    StringBuilder reasons = new StringBuilder();
    int started = 0;
    int running = 0;
    try {
      while (true) {
        if (running == 0 && started == sources.size()) {
          throw new IOException(reasons.isEmpty() ? "no source" : reasons.toString());
        }
        if (running == 0) {
          race.start(sources.get(started++));
          running++;
        }
        boolean isLast = started == sources.size();
        Optional<Outcome<T>> outcome = race.await(isLast ? deadline : hedge);
        if (outcome.isEmpty() && isLast) {
          throw new IOException(reasons + "no answer within " + deadline.toMillis() + " ms");
        } else if (outcome.isEmpty()) {
          race.start(sources.get(started++));
          running++;
        } else {
          switch (outcome.get()) {
            case Outcome.Good<T> good -> {
              return good.value();
            }
            case Outcome.Bad<T> bad -> {
              running--;
              reasons.append(reasons.isEmpty() ? "" : "; ").append(bad.reason());
            }
          }
        }
      }
    } finally {
      race.end();
    }
  }
}
