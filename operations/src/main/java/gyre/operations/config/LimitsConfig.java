package gyre.operations.config;

import java.util.Optional;

/**
 * What origin-proxy takes from a client: {@code body} in bytes, of one request; {@code bodyRate} in
 * bytes a second, on average while somebody waits for them, 0 for any.
 */
public record LimitsConfig(long body, long bodyRate, PerClient perClient) {

  /**
   * Of one address, or of a /64 of IPv6: {@code connections} at a time; requests without a bound
   * where no rate is set, {@code burst} twice the rate where it is not.
   */
  public record PerClient(
      int connections, Optional<Integer> requestsPerSecond, Optional<Integer> burst) {
    public static final PerClient DEFAULT =
        new PerClient(1_024, Optional.empty(), Optional.empty());
  }
}
