package gyre.proxy.channel.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Growing pauses between attempts, with full jitter: anything up to the doubled last bound. */
record Backoff(Duration first, Duration longest) {

  /** The pause before the attempt that follows so many failures in a row. */
  Duration pause(int failures, RandomGenerator random) {
    long bound = first.toMillis() << Math.min(failures, 20);
    return Duration.ofMillis(random.nextLong(Math.min(bound, longest.toMillis()) + 1));
  }
}
