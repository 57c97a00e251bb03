package gyre.proxy.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gyre.operations.address.AddressRange;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;

/**
 * A bucket of tokens for each client (its address, of IPv6 its /64): {@code rate} flow in per
 * second, up to {@code burst}. At most {@link #CLIENTS} are remembered; whoever is forgotten begins
 * with a full bucket, as whoever was away for long. Any thread.
 */
final class RequestRates {
  static final int CLIENTS = 100_000;

  private final double rate;
  private final int burst;
  private final InstantSource clock;
  private final Cache<AddressRange, Bucket> buckets;

  RequestRates(int rate, int burst, InstantSource clock) {
    this.rate = rate;
    this.burst = burst;
    this.clock = clock;
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(CLIENTS)
            .expireAfterAccess(Duration.ofSeconds(60L + burst / rate))
            .build();
  }

  /** Zero where the request may pass, else after how long the next one may. */
  Duration take(InetAddress client) {
    long now = clock.millis();
    Bucket bucket = buckets.get(AddressRange.ofClient(client), key -> new Bucket(now));
    return bucket.take(now);
  }

  private final class Bucket {
    private double tokens = burst;
    private long filled;

    Bucket(long now) {
      this.filled = now;
    }

    synchronized Duration take(long now) {
      tokens = Math.min(burst, tokens + Math.max(0, now - filled) * rate / 1_000);
      filled = now;
      if (tokens >= 1) {
        tokens--;
        return Duration.ZERO;
      }
      return Duration.ofMillis((long) Math.ceil((1 - tokens) * 1_000 / rate - 1e-6));
    }
  }
}
