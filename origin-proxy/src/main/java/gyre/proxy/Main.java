package gyre.proxy;

import gyre.operations.config.DrainConfig;
import gyre.operations.config.GyreConfig;
import gyre.operations.start.ServerCommand;
import gyre.operations.start.StartFailure;
import gyre.proxy.app.Deployments;
import gyre.proxy.http.tls.TlsCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts an origin-proxy from gyre.yaml or from its options; ends it cleanly on SIGTERM. */
@Command(
    name = "origin-proxy",
    mixinStandardHelpOptions = true,
    version = "gyre origin-proxy 0.1.0",
    description = {
      "Stands before a site's web server: a caching HTTP front, the signer of what visitors may",
      "lend each other, and the one that sends app requests to workers or runs them itself."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar origin-proxy.jar --config gyre.yaml",
      "  java -jar origin-proxy.jar --upstream http://127.0.0.1:3000 --listen 127.0.0.1:8080",
      "  curl http://127.0.0.1:8081/api/counters                answers by source (admin.listen)",
      "  curl -X POST http://127.0.0.1:8081/api/cache/empty     forget all content"
    })
public final class Main implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  @Option(
      names = "--config",
      defaultValue = "gyre.yaml",
      description = "the configuration file (default: ${DEFAULT-VALUE})")
  private Path config = Path.of("gyre.yaml");

  @Option(names = "--check", description = "only read the configuration: status 0, or 2 and why")
  private boolean check;

  @Option(names = "--upstream", description = "the site's web server, instead of a file")
  private @Nullable String upstream;

  @Option(names = "--listen", description = "with --upstream: HOST:PORT (default 0.0.0.0:8080)")
  private @Nullable String listen;

  @Option(names = "--data", description = "with --upstream: keys and state (default ./gyre-data)")
  private @Nullable String data;

  /** What a shell says of a process that SIGTERM ended. */
  private static final int FORCED = 143;

  private static final Duration CLOSING = Duration.ofSeconds(15);

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  public static void main(String[] arguments) {
    ServerCommand.run(new Main(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    ProxyConfig source =
        new ProxyConfig(
            config,
            Optional.ofNullable(upstream),
            Optional.ofNullable(listen),
            Optional.ofNullable(data));
    GyreConfig read = source.read();
    if (check) {
      check(read);
      System.out.println(config + ": fine");
      return 0;
    }
    Runtime.getRuntime().addShutdownHook(stopper());
    ProcessSignals.on("TERM", () -> asked(read.front().drain()));
    ProcessSignals.on("INT", () -> asked(read.front().drain()));
    try (OriginProxy proxy = OriginProxy.start(source::read)) {
      proxy.announce();
      ProcessSignals.on("HUP", () -> reload(proxy));
      stop.await();
    } finally {
      stopped.countDown();
    }
    return 0;
  }

  /** Also what the configuration names: scripts, certificates. */
  private static void check(GyreConfig config) {
    var _ = Deployments.read(config.apps());
    SiteUpstreams.check(config.sites());
    config
        .tls()
        .ifPresent(
            tls -> {
              new TlsCertificates(tls.certificates(), tls.http3(), InstantSource.system()).close();
              tls.acme().ifPresent(acme -> AcmeCertificates.check(config, acme));
            });
  }

  private static void reload(OriginProxy proxy) {
    try {
      var _ = proxy.reload();
    } catch (StartFailure e) {
      log.error("not reloaded, the configuration from before holds: {}", e.getMessage());
    }
  }

  /** The first time this process ends once it has drained, or a little later; the second, now. */
  private void asked(DrainConfig drain) {
    if (stop.getCount() == 0) {
      Runtime.getRuntime().halt(FORCED);
    }
    stop.countDown();
    Duration longest = drain.delay().plus(drain.deadline()).plus(CLOSING);
    var _ =
        Thread.ofPlatform()
            .daemon()
            .name("gyre-stop-deadline")
            .start(
                () -> {
                  try {
                    Thread.sleep(longest);
                    Runtime.getRuntime().halt(FORCED);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
  }

  /** A shutdown that came another way waits until everything is closed, but not for ever. */
  private Thread stopper() {
    return Thread.ofPlatform()
        .name("gyre-stop")
        .unstarted(
            () -> {
              stop.countDown();
              try {
                var _ = stopped.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
