package gyre.proxy.upstream;

import gyre.operations.config.SiteConfig;
import gyre.proxy.fetch.Lease;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstreams of one site as all threads share them: the choice behind a lock that nobody holds
 * for long, and what changes told once to the log and always to the metrics.
 */
final class SiteServers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SiteServers.class);

  private final SiteConfig site;
  private final InstantSource clock;
  private final MeterRegistry metrics;
  private final UpstreamChoice choice;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Counter> failures = new ArrayList<>();
  private final List<Meter> meters = new ArrayList<>();

  SiteServers(SiteConfig site, InstantSource clock, MeterRegistry metrics) {
    this.site = site;
    this.clock = clock;
    this.metrics = metrics;
    this.choice = new UpstreamChoice(site.upstreams().size());
    for (int i = 0; i < site.upstreams().size(); i++) {
      measure(i, site.upstreams().get(i).toString());
    }
  }

  private void measure(int index, String server) {
    Counter failed =
        Counter.builder("gyre.proxy.upstream.failures")
            .description("requests that a server did not answer")
            .tag("site", site.id())
            .tag("upstream", server)
            .register(metrics);
    failures.add(failed);
    meters.add(failed);
    meters.add(
        Gauge.builder("gyre.proxy.upstream.outstanding", this, s -> s.underWay(index))
            .description("requests and tunnels under way")
            .tag("site", site.id())
            .tag("upstream", server)
            .register(metrics));
    meters.add(
        Gauge.builder("gyre.proxy.upstream.up", this, s -> s.isInService(index) ? 1 : 0)
            .description("1 in service, 0 out")
            .tag("site", site.id())
            .tag("upstream", server)
            .register(metrics));
  }

  private int underWay(int index) {
    lock.lock();
    try {
      return choice.underWay(index);
    } finally {
      lock.unlock();
    }
  }

  private boolean isInService(int index) {
    lock.lock();
    try {
      return choice.isInService(index);
    } finally {
      lock.unlock();
    }
  }

  /** Empty where all were tried; what is leased joins those. */
  Optional<Lease> lease(Set<Integer> tried) {
    lock.lock();
    try {
      Optional<UpstreamChoice.Pick> pick = choice.pick(clock.instant(), tried);
      pick.ifPresent(p -> tried.add(p.server()));
      return pick.map(Held::new);
    } finally {
      lock.unlock();
    }
  }

  /** A health check has ended; {@code reason} says why where the server is not well. */
  void checked(int index, Optional<String> reason) {
    change(
        index,
        reason.orElse("its health check succeeds"),
        () -> choice.checked(index, reason.isEmpty(), clock.instant()));
  }

  private void change(int index, String reason, Runnable step) {
    boolean before;
    boolean after;
    lock.lock();
    try {
      before = choice.isInService(index);
      step.run();
      after = choice.isInService(index);
    } finally {
      lock.unlock();
    }
    if (before && !after) {
      log.warn(
          "site {}: upstream {} is out of service: {}",
          site.id(),
          site.upstreams().get(index),
          reason);
    } else if (after && !before) {
      log.info("site {}: upstream {} is back: {}", site.id(), site.upstreams().get(index), reason);
    }
  }

  @Override
  public void close() {
    meters.forEach(metrics::remove);
  }

  private final class Held implements Lease {
    private final UpstreamChoice.Pick pick;
    private final AtomicBoolean ended = new AtomicBoolean();

    Held(UpstreamChoice.Pick pick) {
      this.pick = pick;
    }

    @Override
    public URI server() {
      return site.upstreams().get(pick.server());
    }

    @Override
    public void answered() {
      change(pick.server(), "it answers", () -> choice.answered(pick.server()));
    }

    @Override
    public void failed(String reason) {
      failures.get(pick.server()).increment();
      change(pick.server(), reason, () -> choice.failed(pick.server(), clock.instant()));
    }

    @Override
    public void close() {
      if (!ended.getAndSet(true)) {
        lock.lock();
        try {
          choice.released(pick);
        } finally {
          lock.unlock();
        }
      }
    }
  }
}
