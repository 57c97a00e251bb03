package gyre.worker;

import gyre.operations.identity.TrustedKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the proxies that tabs may trust (base64url, in order), read anew every few seconds: a
 * proxy that starts later leaves its key under {@code data/trust}. Used by the fleet's thread.
 */
final class TrustedProxies implements Supplier<List<String>> {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedProxies.class);
  private static final Duration FRESH = Duration.ofSeconds(3);

  private final TrustedKeys keys;
  private final InstantSource clock;
  private boolean isSaid;
  private Instant read = Instant.MIN;
  private List<String> last = List.of();

  TrustedProxies(TrustedKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  @Override
  public List<String> get() {
    Instant now = clock.instant();
    if (read.isBefore(now.minus(FRESH))) {
      read = now;
      last = keys.proxies().stream().map(Object::toString).sorted().toList();
      sayOnceThatThereIsNone();
    }
    return last;
  }

  private void sayOnceThatThereIsNone() {
    if (last.isEmpty() && !isSaid) {
      LOG.warn(
          "no proxy's key is trusted yet, so no tab opens: start origin-proxy with the same data"
              + " folder, or list its key under trust.proxies");
    }
    isSaid = last.isEmpty();
  }
}
