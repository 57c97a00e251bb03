package gyre.worker.fleet;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Which jobs' tabs could not be opened of late, and when each may be tried again. Immutable. */
public record Openings(Map<Job, Attempt> attempts) {
  public static final Openings NONE = new Openings(Map.of());

  /** So many failures in a row; not again before this moment. */
  public record Attempt(int failures, Instant notBefore) {}

  public Openings {
    attempts = Map.copyOf(attempts);
  }

  public Openings failed(Job job, FleetLimits limits, Instant now) {
    int failures = attempts.containsKey(job) ? attempts.get(job).failures() + 1 : 1;
    return with(job, new Attempt(failures, now.plus(limits.pause(failures))));
  }

  public Openings worked(Job job) {
    Map<Job, Attempt> changed = new HashMap<>(attempts);
    changed.remove(job);
    return new Openings(changed);
  }

  boolean mayOpen(Job job, Instant now) {
    Attempt last = attempts.get(job);
    return last == null || !now.isBefore(last.notBefore());
  }

  private Openings with(Job job, Attempt attempt) {
    Map<Job, Attempt> changed = new HashMap<>(attempts);
    changed.put(job, attempt);
    return new Openings(changed);
  }
}
