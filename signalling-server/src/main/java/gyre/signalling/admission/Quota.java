package gyre.signalling.admission;

import gyre.wire.RefusalCode;
import java.time.Duration;
import java.time.Instant;

/**
 * What one connection has left of its allowance: two buckets that refill with time. A sender that
 * goes on past an empty bucket is told so once a second, and is cut off after 200 refusals that no
 * calm second came between. Not thread-safe: it belongs to the connection's reader.
 */
public final class Quota {
  private static final int STRIKES = 200;
  private static final Duration CALM = Duration.ofSeconds(1);

  private final Allowance allowance;
  private double messages;
  private double bytes;
  private int strikes;
  private Instant asOf;
  private Instant lastRefusal = Instant.MIN;

  public Quota(Allowance allowance, Instant now) {
    this.allowance = allowance;
    this.messages = (double) allowance.messages() * allowance.burstSeconds();
    this.bytes = (double) allowance.bytes() * allowance.burstSeconds();
    this.asOf = now;
  }

  /** What becomes of a message. */
  public sealed interface Verdict {
    record Pass() implements Verdict {}

    /** Over the allowance; its sender was told within the last second. */
    record Drop() implements Verdict {}

    record Tell(RefusalCode code, String reason) implements Verdict {}
  }

  public Verdict take(int size, Instant now) {
    refill(now);
    if (messages >= 1 && bytes >= size) {
      messages--;
      bytes -= size;
      return new Verdict.Pass();
    }
    boolean isCalm = lastRefusal.isBefore(now.minus(CALM));
    strikes = isCalm ? 1 : strikes + 1;
    if (strikes > STRIKES) {
      return new Verdict.Tell(RefusalCode.OVERLOAD, "far more than the allowance");
    }
    if (!isCalm) {
      return new Verdict.Drop();
    }
    lastRefusal = now;
    return new Verdict.Tell(
        RefusalCode.LIMIT,
        "more than "
            + allowance.messages()
            + " messages or "
            + allowance.bytes()
            + " bytes a second");
  }

  private void refill(Instant now) {
    if (!now.isAfter(asOf)) {
      return;
    }
    double seconds = Duration.between(asOf, now).toNanos() / 1e9;
    messages = refilled(messages, allowance.messages(), seconds);
    bytes = refilled(bytes, allowance.bytes(), seconds);
    asOf = now;
  }

  private double refilled(double left, int perSecond, double seconds) {
    return Math.min((double) perSecond * allowance.burstSeconds(), left + perSecond * seconds);
  }
}
