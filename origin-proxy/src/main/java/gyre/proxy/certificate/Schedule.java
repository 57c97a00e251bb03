package gyre.proxy.certificate;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a certificate is renewed, and when what failed is tried again, each spread at random so that
 * many hosts, and many proxies, do not ask at once. {@code renewBefore}: a third of its life where
 * empty, and never more than two thirds. {@code first}: the pause after one failure, doubled after
 * each further one up to {@code longest}.
 */
public record Schedule(
    Optional<Duration> renewBefore, Duration first, Duration longest, RandomGenerator random) {
  private static final int SPREAD = 10;
  private static final int DOUBLINGS = 20;

  /** No authority is believed that wants to be left alone for longer. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(7);

  /** Five failures in the first hour, as many as Let's Encrypt allows; then every six hours. */
  public static Schedule of(Optional<Duration> renewBefore) {
    return new Schedule(
        renewBefore, Duration.ofMinutes(2), Duration.ofHours(6), RandomGenerator.getDefault());
  }

  Instant renewal(X509Certificate leaf) {
    Instant end = leaf.getNotAfter().toInstant();
    Duration life = Duration.between(leaf.getNotBefore().toInstant(), end);
    Duration third = life.dividedBy(3);
    Duration most = life.minus(third);
    Duration before = renewBefore.orElse(third);
    return end.minus(before.compareTo(most) < 0 ? before : most)
        .plus(upTo(third.dividedBy(SPREAD)));
  }

  /**
   * Of what was issued at {@code now}: also one that is nearly over is not replaced at once; one
   * that is over tells of a wrong clock, which asking often does not mend.
   */
  Instant renewal(X509Certificate leaf, Instant now) {
    boolean isOver = leaf.getNotAfter().toInstant().isBefore(now);
    return later(renewal(leaf), now.plus(isOver ? longest : first));
  }

  Instant retry(Instant now, int failures, Optional<Instant> notBefore) {
    long bound = first.toMillis() << Math.min(failures - 1, DOUBLINGS);
    Duration pause = Duration.ofMillis(Math.min(bound, longest.toMillis()));
    Instant own = now.plus(pause).plus(upTo(pause.dividedBy(SPREAD)));
    return notBefore.map(wish -> later(own, believed(wish, now))).orElse(own);
  }

  /** When an authority that has this wish is asked again. */
  Instant believed(Instant wish, Instant now) {
    Instant last = now.plus(LONGEST_WAIT);
    return wish.isAfter(last) ? last : wish;
  }

  private Duration upTo(Duration bound) {
    return Duration.ofMillis(random.nextLong(Math.max(1, bound.toMillis())));
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
