package gyre.signalling;

import com.sun.management.UnixOperatingSystemMXBean;
import gyre.operations.admin.AdminServer;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import gyre.operations.config.SignallingConfig;
import gyre.operations.config.SiteConfig;
import gyre.operations.identity.TrustedKeys;
import gyre.operations.start.ServerCommand;
import gyre.operations.start.StartFailure;
import gyre.signalling.admission.ClientAddress;
import gyre.signalling.admission.Doorkeeper;
import gyre.signalling.directory.Capacity;
import gyre.signalling.directory.MemoryDirectory;
import gyre.signalling.session.Deadlines;
import gyre.signalling.session.SignallingServer;
import gyre.wire.token.TokenCheck;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts a signalling server from gyre.yaml: wiring only. */
@Command(
    name = "signalling-server",
    mixinStandardHelpOptions = true,
    version = "gyre signalling-server 0.1.0",
    description = {
      "Registers the peers of the configured sites, answers who holds what, and relays",
      "offers, answers and candidates between them. Ends on SIGTERM."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar signalling-server.jar --config gyre.yaml",
      "  curl http://127.0.0.1:8091/readyz       is it ready (signalling.admin.listen)",
      "  curl http://127.0.0.1:8091/api/swarm    who is here and who holds what"
    })
public final class Main implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(20);
  private static final int FAILED = 1;
  private static final int SPARE_DESCRIPTORS = 256;

  @Option(
      names = "--config",
      defaultValue = "gyre.yaml",
      description = "the configuration file (default: ${DEFAULT-VALUE})")
  private Path config = Path.of("gyre.yaml");

  public static void main(String[] arguments) {
    ServerCommand.run(new Main(), arguments);
  }

  @Override
  public Integer call() throws InterruptedException {
    GyreConfig gyre = ConfigFile.read(config);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    AtomicBoolean isStopping = new AtomicBoolean();
    try (SignallingServer server = start(gyre, registry);
        AdminServer admin =
            new AdminServer(gyre.signalling().admin(), registry, server::notReady)) {
      admin.handle("/api/swarm", new SwarmApi(server));
      LOG.info(
          "signalling-server listens at {} for {}; admin at {}",
          server.address(),
          gyre.sites().stream().map(SiteConfig::id).collect(Collectors.joining(", ")),
          admin.address());
      Runtime.getRuntime().addShutdownHook(stopper(server, isStopping));
      server.awaitEnd();
    }
    return isStopping.get() ? 0 : FAILED;
  }

  private static Thread stopper(SignallingServer server, AtomicBoolean isStopping) {
    return Thread.ofPlatform()
        .name("gyre-stop")
        .unstarted(
            () -> {
              isStopping.set(true);
              server.close();
            });
  }

  private static SignallingServer start(GyreConfig gyre, PrometheusMeterRegistry registry) {
    if (gyre.sites().isEmpty()) {
      throw new StartFailure("gyre.yaml lists no site; add one under 'sites'");
    }
    SignallingConfig signalling = gyre.signalling();
    TrustedKeys keys = new TrustedKeys(gyre.data(), gyre.trust());
    SecureRandom seed = new SecureRandom();
    return new SignallingServer(
        new SignallingServer.Settings(
            signalling.listen(),
            signalling.node().orElseGet(() -> "n" + Integer.toString(seed.nextInt(1 << 30), 36)),
            new ClientAddress(signalling.trustedProxies()),
            affordable(signalling.connections()),
            signalling.connectionsPerAddress(),
            Deadlines.withHeartbeat(HEARTBEAT)),
        new Doorkeeper(gyre.sites().stream().map(SiteConfig::id).collect(Collectors.toSet())),
        new MemoryDirectory(Capacity.DEFAULT, HEARTBEAT, new SplittableRandom(seed.nextLong())),
        () -> new TokenCheck(keys.proxies(), keys.workers()),
        registry,
        InstantSource.system());
  }

  /** Running out of descriptors would end the listener, so the cap stays below their number. */
  private static int affordable(int connections) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long descriptors = system.getMaxFileDescriptorCount();
      if (connections > descriptors) {
        LOG.warn(
            "signalling.connections is {}, but the limit of open files is {}; raise ulimit -n",
            connections,
            descriptors);
      }
      return Math.clamp(descriptors - SPARE_DESCRIPTORS, 1, connections);
    }
    return connections;
  }
}
