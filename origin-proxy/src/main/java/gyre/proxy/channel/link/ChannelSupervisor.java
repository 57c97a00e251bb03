package gyre.proxy.channel.link;

import gyre.operations.config.IceConfig;
import gyre.proxy.channel.Channel;
import gyre.proxy.channel.ChannelListener;
import gyre.proxy.channel.Channels;
import gyre.proxy.channel.ChildOrder;
import gyre.proxy.channel.IceServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one channel child at work: starts it, asks it for signs of life, kills it when it hangs,
 * replaces it when it dies (with growing pauses) or has received so many messages that its leaks
 * count.
 *
 * <p>All of that happens on one thread, {@code channel-supervisor}. {@link #open} may be called on
 * any thread; it answers empty while no child is up.
 */
public final class ChannelSupervisor implements Channels, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelSupervisor.class);
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));
  private static final Duration HEALTHY = Duration.ofMinutes(1);

  private final ChildLimits limits;
  private final InstantSource clock;
  private final ChildOrder.Configure configure;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("channel-supervisor").factory());
  private final Map<ChildLink, Instant> draining = new HashMap<>();
  private volatile Optional<ChildLink> current = Optional.empty();
  private Instant started = Instant.EPOCH;
  private int failures;
  private int generation;
  private boolean retryIsDue;
  private volatile boolean closed;

  public ChannelSupervisor(IceConfig ice, ChildLimits limits, InstantSource clock) {
    this.limits = limits;
    this.clock = clock;
    List<IceServer> servers =
        ice.servers().stream()
            .map(s -> new IceServer(s.urls(), s.username().orElse(""), s.credential().orElse("")))
            .toList();
    this.configure = new ChildOrder.Configure(LoopbackCandidates.wanted(ice.loopback()), servers);
  }

  /** Starts the first child in the background, and the watch over it. */
  public void start() {
    thread.execute(this::replace);
    long period = limits.heartbeat().toMillis();
    var _ = thread.scheduleWithFixedDelay(this::watch, period, period, TimeUnit.MILLISECONDS);
  }

  @Override
  public Optional<Channel> open(boolean offers, ChannelListener listener) {
    return current.flatMap(child -> child.open(offers, listener));
  }

  /** The process id of the child at work, for health and tests. */
  public OptionalLong pid() {
    return current.map(child -> OptionalLong.of(child.pid())).orElse(OptionalLong.empty());
  }

  /** How many connections there are, also in a child that drains. */
  public int connections() {
    return current.map(ChildLink::connections).orElse(0);
  }

  private void replace() {
    if (closed) {
      return;
    }
    generation++;
    retryIsDue = false;
    String name = "channel-" + generation;
    try {
      ChildProcess process = ChildProcess.start(name, limits.start());
      ChildLink child = new ChildLink(process, name, clock, this::ended);
      child.start(configure);
      Optional<ChildLink> old = current;
      current = Optional.of(child);
      started = clock.instant();
      old.ifPresent(this::drain);
      LOG.info("channel child {} is up", child.pid());
    } catch (IOException e) {
      LOG.warn("no channel child: {}", e.getMessage());
      retryLater();
    }
  }

  private void drain(ChildLink old) {
    draining.put(old, clock.instant().plus(limits.drain()));
    old.retire();
  }

  /** Called by a child's reader thread. */
  private void ended(ChildLink child) {
    try {
      thread.execute(() -> afterEnd(child));
    } catch (RejectedExecutionException e) {
      LOG.debug("a channel child ended while the proxy stops", e);
    }
  }

  private void afterEnd(ChildLink child) {
    if (draining.remove(child) != null || closed || current.isEmpty() || current.get() != child) {
      return;
    }
    current = Optional.empty();
    LOG.warn("channel child {} ended", child.pid());
    if (Duration.between(started, clock.instant()).compareTo(HEALTHY) > 0) {
      failures = 0;
    }
    retryLater();
  }

  private void retryLater() {
    Duration pause = BACKOFF.pause(failures, RandomGenerator.getDefault());
    failures++;
    if (!closed && !retryIsDue) {
      retryIsDue = true;
      var _ = thread.schedule(this::replace, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void watch() {
    try {
      current.ifPresent(this::watch);
      Map.copyOf(draining).forEach(this::watchDraining);
    } catch (RuntimeException e) {
      LOG.error("the watch over the channel child failed", e);
    }
  }

  private void watch(ChildLink child) {
    if (child.silence().compareTo(limits.silence()) > 0) {
      LOG.warn("channel child {} has not answered for {}: killed", child.pid(), child.silence());
      child.close();
    } else if (child.received() > limits.recycleAfter() && !retryIsDue) {
      replace();
    } else {
      child.ping();
    }
  }

  private void watchDraining(ChildLink child, Instant deadline) {
    if (child.connections() == 0 || clock.instant().isAfter(deadline)) {
      child.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.shutdownNow();
    current.ifPresent(ChildLink::close);
    List.copyOf(draining.keySet()).forEach(ChildLink::close);
  }
}
