package gyre.signalling.session;

import gyre.operations.address.AddressRanges;
import gyre.operations.config.HostPort;
import gyre.signalling.admission.ClientAddress;
import gyre.signalling.admission.Doorkeeper;
import gyre.signalling.directory.Capacity;
import gyre.signalling.directory.MemoryDirectory;
import gyre.wire.token.TokenCheck;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A real server on a port of its own for the sites a and b, with settings a test can bend. */
final class ServerFixture {
  static final Deadlines PATIENT = Deadlines.withHeartbeat(Duration.ofSeconds(20));
  static final Supplier<TokenCheck> TRUST =
      () ->
          new TokenCheck(
              List.of(Keys.PROXY.verifyingKey()), List.of(Keys.WORKER_NODE.verifyingKey()));

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  Deadlines deadlines = PATIENT;
  Supplier<TokenCheck> trust = TRUST;
  AddressRanges trustedProxies = AddressRanges.of("127.0.0.1");
  int connections = 100;
  int connectionsPerAddress = 100;
  int port;

  SignallingServer start() {
    return new SignallingServer(
        new SignallingServer.Settings(
            new HostPort("127.0.0.1", port),
            "test",
            new ClientAddress(trustedProxies),
            connections,
            connectionsPerAddress,
            deadlines),
        new Doorkeeper(Set.of("a", "b")),
        new MemoryDirectory(Capacity.DEFAULT, Duration.ofSeconds(20), new SplittableRandom(1)),
        trust,
        meters,
        InstantSource.system());
  }

  double count(String meter) {
    return meters.get(meter).counters().stream().mapToDouble(Counter::count).sum();
  }

  double cut(String reason) {
    return meters.get("gyre.signalling.cut").tag("reason", reason).counter().count();
  }

  /** Waits for the condition, ten seconds at most. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not in time: " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}
