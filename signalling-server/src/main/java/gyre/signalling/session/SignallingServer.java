package gyre.signalling.session;

import gyre.operations.config.HostPort;
import gyre.operations.start.StartFailure;
import gyre.signalling.admission.ClientAddress;
import gyre.signalling.admission.Doorkeeper;
import gyre.signalling.directory.Census;
import gyre.signalling.directory.Command;
import gyre.signalling.directory.Directory;
import gyre.signalling.relay.Seat;
import gyre.signalling.relay.Switchboard;
import gyre.wire.ServerMessage;
import gyre.wire.token.TokenCheck;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running signalling server: the listener and the threads behind it. */
public final class SignallingServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SignallingServer.class);
  private static final int BACKLOG = 1_024;
  private static final Duration WATCH = Duration.ofMillis(250);
  private static final Duration TICK = Duration.ofSeconds(5);
  private static final int STOP_MILLIS = 1_000;
  private static final int RECONNECT_MILLIS = 1_000;

  private final ServerSocketChannel listener;
  private final Switchboard switchboard = new Switchboard();
  private final SwarmThread swarm;
  private final Gatehouse gatehouse;
  private final Endpoint endpoint;
  private final Thread selector;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gyre-watchdog").daemon(true).factory());

  /** Where and for whom: {@code node} begins the ids of its peers. */
  public record Settings(
      HostPort listen,
      String node,
      ClientAddress addresses,
      int connections,
      int connectionsPerAddress,
      Deadlines deadlines) {}

  /**
   * Listens when it returns. {@code trust} reads the trusted keys. StartFailure where the address
   * cannot be had.
   */
  public SignallingServer(
      Settings settings,
      Doorkeeper doorkeeper,
      Directory directory,
      Supplier<TokenCheck> trust,
      MeterRegistry registry,
      InstantSource clock) {
    Meters meters = new Meters(registry);
    this.listener = bind(settings.listen());
    this.swarm = new SwarmThread(directory, switchboard, clock);
    this.gatehouse = new Gatehouse(settings.node(), doorkeeper, trust, clock);
    Callers callers =
        new Callers(settings.addresses(), settings.connections(), settings.connectionsPerAddress());
    this.endpoint =
        new Endpoint(listener, callers, new Services(gatehouse, swarm, switchboard, meters, clock));
    meters.gauge("gyre.signalling.connections", callers::total);
    meters.gauge("gyre.signalling.peers", switchboard::size);
    meters.gauge("gyre.signalling.swarm.waiting", swarm::waiting);
    this.selector = Thread.ofPlatform().name("gyre-selector").unstarted(endpoint);
    swarm.start();
    gatehouse.start();
    selector.start();
    every(WATCH, () -> endpoint.check(clock.instant(), settings.deadlines()));
    every(TICK, () -> swarm.submit(new Command.Tick(), 0));
  }

  private void every(Duration period, Runnable task) {
    var _ =
        watchdog.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException bug) {
                // The next round must come all the same.
                LOG.error("a round of the watchdog failed", bug);
              }
            },
            period.toMillis(),
            period.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static ServerSocketChannel bind(HostPort listen) {
    try {
      ServerSocketChannel channel = ServerSocketChannel.open();
      try {
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        return channel.bind(listen.socketAddress(), BACKLOG);
      } catch (IOException | UnresolvedAddressException e) {
        channel.close();
        throw e;
      }
    } catch (IOException | UnresolvedAddressException e) {
      throw new StartFailure(
          "cannot listen at "
              + listen
              + " ("
              + Optional.ofNullable(e.getMessage()).orElse("no such address")
              + "); free the port or change signalling.listen",
          e);
    }
  }

  public InetSocketAddress address() {
    return endpoint.getAddress();
  }

  /** What there is; TimeoutException where the directory's owner does not come to it in time. */
  public Census census(Duration patience) throws TimeoutException, InterruptedException {
    return swarm.census(patience);
  }

  /** Why the server cannot serve, or empty. */
  public Optional<String> notReady() {
    if (!selector.isAlive()) {
      return Optional.of("the listener ended");
    }
    if (!swarm.isAlive()) {
      return Optional.of("the directory's thread ended");
    }
    return gatehouse.isAlive() ? Optional.empty() : Optional.of("the admission thread ended");
  }

  /** Waits until the listener ended, by {@link #close} or by a failure. */
  public void awaitEnd() throws InterruptedException {
    selector.join();
  }

  /** Tells everybody to come back, spread over a few seconds, and ends all threads. */
  @Override
  public void close() {
    for (Seat seat : switchboard.all()) {
      int spread = ThreadLocalRandom.current().nextInt(RECONNECT_MILLIS * 4);
      seat.outlet().send(new ServerMessage.GoAway(RECONNECT_MILLIS + spread));
    }
    watchdog.shutdownNow();
    try {
      endpoint.stop(STOP_MILLIS);
      selector.join(STOP_MILLIS);
      listener.close();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.debug("the listener did not close cleanly", e);
    }
    gatehouse.close();
    swarm.close();
  }
}
