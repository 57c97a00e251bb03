package gyre.proxy.swarm;

import gyre.wire.PeerId;
import gyre.wire.PeerReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What this proxy knows of the peers it asked: how fast they were, how often they failed, who lied.
 * Any thread. At most {@link #REMEMBERED} peers are remembered, the longest unused forgotten first.
 */
final class Scores {
  private static final int REMEMBERED = 4_096;
  private static final Duration BAN = Duration.ofMinutes(30);

  private final InstantSource clock;
  private final Map<PeerId, Score> scores =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PeerId, Score> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Rate in bytes per second; counts since the last report. */
  private static final class Score {
    private double rate;
    private int failures;
    private Instant bannedUntil = Instant.EPOCH;
    private long served;
    private long received;
    private long bad;
  }

  Scores(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void received(PeerId peer, long bytes, Duration time) {
    Score score = score(peer);
    double rate = bytes / Math.max(0.001, time.toNanos() / 1e9);
    score.rate = score.rate == 0 ? rate : 0.7 * score.rate + 0.3 * rate;
    score.received += bytes;
    score.failures = 0;
  }

  synchronized void served(PeerId peer, long bytes) {
    score(peer).served += bytes;
  }

  synchronized void failed(PeerId peer) {
    score(peer).failures++;
  }

  /** It sent bytes that are not what they should be: it is asked no more. */
  synchronized void lied(PeerId peer) {
    Score score = score(peer);
    score.bad++;
    score.bannedUntil = clock.instant().plus(BAN);
  }

  synchronized boolean isBanned(PeerId peer) {
    Score score = scores.get(peer);
    return score != null && clock.instant().isBefore(score.bannedUntil);
  }

  /**
   * Who to ask first: nobody banned; open connections before others, then few failures, then the
   * fast, and among equals the server's order.
   */
  synchronized List<PeerId> ranked(List<PeerId> providers, Predicate<PeerId> isOpen) {
    List<PeerId> ranked = new ArrayList<>(providers);
    ranked.removeIf(this::isBanned);
    ranked.sort(
        Comparator.comparing((PeerId peer) -> !isOpen.test(peer))
            .thenComparingInt(peer -> known(peer).failures)
            .thenComparingDouble(peer -> -known(peer).rate));
    return ranked;
  }

  /** What is to be reported, at most so many peers; they count from zero afterwards. */
  synchronized List<PeerReport> takeReport(int most) {
    List<PeerReport> report = new ArrayList<>();
    for (Map.Entry<PeerId, Score> entry : scores.entrySet()) {
      Score score = entry.getValue();
      if (report.size() < most && score.served + score.received + score.bad > 0) {
        report.add(new PeerReport(entry.getKey(), score.served, score.received, score.bad, 0));
        score.served = 0;
        score.received = 0;
        score.bad = 0;
      }
    }
    return report;
  }

  private Score known(PeerId peer) {
    return scores.getOrDefault(peer, new Score());
  }

  private Score score(PeerId peer) {
    return scores.computeIfAbsent(peer, _ -> new Score());
  }
}
