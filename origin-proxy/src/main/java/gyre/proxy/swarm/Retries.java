package gyre.proxy.swarm;

import gyre.wire.PeerId;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * When to try again to reach peers that could not be reached: after a second, then after twice as
 * long each time, up to a minute. Any thread. At most {@link #REMEMBERED} peers are remembered.
 */
final class Retries {
  private static final int REMEMBERED = 1_024;
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final int DOUBLINGS = 6;

  private record Failed(int times, long nextNanos) {}

  private final Map<PeerId, Failed> failed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Failed> eldest) {
          return size() > REMEMBERED;
        }
      };
  private final Set<PeerId> underWay = new HashSet<>();

  /** Whether to try now; an attempt that is under way is not repeated. */
  synchronized boolean isDue(PeerId peer) {
    Failed before = failed.get(peer);
    boolean due = before == null || System.nanoTime() - before.nextNanos() >= 0;
    return due && underWay.add(peer);
  }

  synchronized void ended(PeerId peer, boolean reached) {
    underWay.remove(peer);
    if (reached) {
      failed.remove(peer);
      return;
    }
    int times = failed.containsKey(peer) ? failed.get(peer).times() + 1 : 0;
    long pause = FIRST.toNanos() << Math.min(times, DOUBLINGS);
    failed.put(peer, new Failed(times, System.nanoTime() + pause));
  }
}
