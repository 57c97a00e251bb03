package gyre.proxy.channel.link;

import java.time.Duration;

/**
 * How a channel child is watched.
 *
 * @param start how long it may take until it answers for the first time
 * @param heartbeat how often it is asked whether it lives
 * @param silence how long it may owe the answer before it is killed
 * @param recycleAfter how many messages it may receive before another takes its place
 * @param drain how long the replaced one may go on for what it has begun
 */
public record ChildLimits(
    Duration start, Duration heartbeat, Duration silence, long recycleAfter, Duration drain) {
  public static final ChildLimits DEFAULT =
      new ChildLimits(
          Duration.ofSeconds(30),
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          500_000,
          Duration.ofMinutes(2));
}
