package gyre.signalling.matching;

import gyre.wire.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/**
 * What is known of a peer as a provider: bytes that others say they got from it, how often it was
 * named of late, and who says that it sent bad chunks. Not thread-safe: it belongs to the
 * directory's owner.
 *
 * <p>Both measures fade by half: the bytes in five minutes, the namings in ten seconds.
 */
public final class Conduct {
  /** Accusers of so many distinct addresses take a peer out for everybody. */
  public static final int ORIGINS = 3;

  /** So many accusers are not sent to it again; those who complained longest ago may be. */
  private static final int SESSIONS = 64;

  private static final Duration BYTES_HALVE = Duration.ofMinutes(5);
  private static final Duration NAMINGS_HALVE = Duration.ofSeconds(10);
  private static final double UNIT = 65_536;
  private static final double BEST = 4;

  private final SequencedSet<PeerId> accusers = new LinkedHashSet<>();
  private final Set<Long> origins = new HashSet<>();
  private double bytes;
  private double namings;
  private Instant asOf;

  public Conduct(Instant now) {
    this.asOf = now;
  }

  /** Somebody got so many good bytes from this peer. */
  public void credit(long received, Instant now) {
    fade(now);
    bytes += received;
  }

  /** This peer was named to somebody, at this place of the answer (0 is the first). */
  public void named(int place, Instant now) {
    fade(now);
    namings += 1.0 / (1 + place);
  }

  /**
   * {@code accuser} says that it got a bad chunk from this peer. That costs nothing and proves
   * nothing: it counts for the accuser itself, and once for its address.
   */
  public void accuse(Accuser accuser) {
    accusers.add(accuser.session());
    if (accusers.size() > SESSIONS) {
      accusers.removeFirst();
    }
    if (origins.size() < ORIGINS) {
      origins.add(accuser.origin());
    }
  }

  /** Whether this peer may be named to the asker at all. */
  public boolean isAcceptableTo(Accuser asker) {
    return origins.size() < ORIGINS && !accusers.contains(asker.session());
  }

  /** How much this peer should be preferred: 1 for a newcomer, at most 4, less the busier it is. */
  double weight(Instant now) {
    fade(now);
    double merit = Math.min(BEST, 1 + Math.log(1 + bytes / UNIT) / Math.log(16));
    return merit / (1 + namings);
  }

  private void fade(Instant now) {
    if (!now.isAfter(asOf)) {
      return;
    }
    double passed = Duration.between(asOf, now).toMillis();
    bytes *= Math.pow(0.5, passed / BYTES_HALVE.toMillis());
    namings *= Math.pow(0.5, passed / NAMINGS_HALVE.toMillis());
    asOf = now;
  }
}
