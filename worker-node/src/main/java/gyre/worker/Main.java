package gyre.worker;

import gyre.operations.admin.AdminServer;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import gyre.operations.identity.IdentityKey;
import gyre.operations.identity.Role;
import gyre.operations.identity.TrustedKeys;
import gyre.operations.start.ServerCommand;
import gyre.operations.start.StartFailure;
import gyre.wire.token.TokenIssuer;
import gyre.worker.browser.BrowserSettings;
import gyre.worker.fleet.FleetLimits;
import gyre.worker.fleet.Job;
import gyre.worker.shell.ShellApps;
import gyre.worker.shell.ShellServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts a worker node from gyre.yaml: wiring only. */
@Command(
    name = "worker-node",
    mixinStandardHelpOptions = true,
    version = "gyre worker-node 0.1.0",
    description = {
      "Runs the apps that gyre.yaml routes in tabs of a headless Chrome, and answers the",
      "requests that the sites' proxies send them. Ends on SIGTERM."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar worker-node.jar --config gyre.yaml",
      "  curl http://127.0.0.1:8101/readyz      does each app have a tab (worker.admin.listen)",
      "  curl http://127.0.0.1:8101/api/tabs    the tabs, and what they have served"
    })
public final class Main implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  /** Kept: the JDK forgets the level of a logger that nobody holds. */
  private static final java.util.logging.Logger SELENIUM =
      java.util.logging.Logger.getLogger("org.openqa.selenium");

  @Option(
      names = "--config",
      defaultValue = "gyre.yaml",
      description = "the configuration file (default: ${DEFAULT-VALUE})")
  private Path config = Path.of("gyre.yaml");

  public static void main(String[] arguments) {
    SELENIUM.setLevel(java.util.logging.Level.SEVERE);
    ServerCommand.run(new Main(), arguments);
  }

  @Override
  public Integer call() throws InterruptedException {
    GyreConfig gyre = ConfigFile.read(config);
    ShellApps apps = ShellApps.read(gyre.apps());
    Map<Job, Integer> jobs = Jobs.of(gyre, apps);
    if (jobs.isEmpty()) {
      throw new StartFailure(
          config + ": no route of any site names an app, so there is nothing to run; add one");
    }
    BrowserSettings settings = BrowserSettings.of(gyre.worker(), gyre.ice());
    if (!settings.isSandboxed()) {
      LOG.warn(
          "RUNNING AS ROOT, SO CHROME'S SANDBOX IS OFF: an app that breaks out of its tab owns this"
              + " machine. Run worker-node as a user of its own.");
    }
    run(gyre, apps, jobs, settings);
    return 0;
  }

  private static void run(
      GyreConfig gyre, ShellApps apps, Map<Job, Integer> jobs, BrowserSettings settings)
      throws InterruptedException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    try (ShellServer shell =
            new ShellServer(gyre.worker().listen(), apps, gyre.signalling().connectTo());
        WorkerFleet fleet =
            new WorkerFleet(work(gyre, jobs, shell), settings, InstantSource.system());
        AdminServer admin = new AdminServer(gyre.worker().admin(), registry, fleet::notReady)) {
      FleetMetrics.register(fleet, registry);
      admin.handle("/api/tabs", new TabsApi(fleet));
      fleet.start();
      LOG.info(
          "worker-node runs {}; shells at port {}; admin at {}",
          jobs.keySet(),
          shell.port(),
          admin.address());
      Runtime.getRuntime().addShutdownHook(stopper(stop, stopped));
      stop.await();
    } finally {
      stopped.countDown();
    }
  }

  /** Keeps the process alive until the browser is gone. */
  private static Thread stopper(CountDownLatch stop, CountDownLatch stopped) {
    return Thread.ofPlatform()
        .name("gyre-stop")
        .unstarted(
            () -> {
              stop.countDown();
              try {
                stopped.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static FleetWork work(GyreConfig gyre, Map<Job, Integer> jobs, ShellServer shell) {
    TrustedKeys trusted = new TrustedKeys(gyre.data(), gyre.trust());
    return new FleetWork(
        jobs,
        FleetLimits.DEFAULT,
        shell,
        new TabOptions(gyre.signalling().connectTo(), gyre.ice(), gyre.worker().threads()),
        new WorkerTokens(new TokenIssuer(IdentityKey.of(gyre.data(), Role.WORKER))),
        new TrustedProxies(trusted, InstantSource.system()));
  }
}
