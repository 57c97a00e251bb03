package gyre.load.demo;

import gyre.load.process.Await;
import gyre.load.process.Ports;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.site.SearchApp;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gyre demo}: everything on this machine, and a table of who got what from where. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "The gallery with headless visitors and a worker, on this machine.")
public final class DemoCommand implements Callable<Integer> {
  private static final Duration WORKER_READY = Duration.ofSeconds(30);
  private static final Duration CLOSING = Duration.ofSeconds(30);
  private static final int INTERRUPTED = 130;

  @Option(names = "--once", description = "end after the table; the status says whether it worked")
  private boolean once;

  @Option(
      names = "--visitors",
      paramLabel = "N",
      defaultValue = "3",
      description = "how many visitors (default ${DEFAULT-VALUE})")
  private int visitors;

  @Option(
      names = "--port",
      paramLabel = "P",
      defaultValue = "8080",
      description = "where the gallery is shown; a free one when it is taken (${DEFAULT-VALUE})")
  private int port;

  private final long began = System.nanoTime();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean isEnding;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Thread demo = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> endGently(demo)));
    try {
      return run();
    } catch (IOException | InterruptedException | RuntimeException failure) {
      // Ctrl-C reaches browsers and drivers as well: whatever then fails is nobody's news.
      if (isEnding) {
        return INTERRUPTED;
      }
      throw failure;
    } finally {
      ended.countDown();
    }
  }

  private int run() throws IOException, InterruptedException {
    if (visitors < 1) {
      throw new StartFailure("--visitors is at least 1");
    }
    Path folder = Files.createTempDirectory("gyre-demo");
    try (DemoSite site = DemoSite.start();
        RunningGyre gyre = RunningGyre.start(setup(folder, site), ports())) {
      progress("the gallery's web server is at " + site.address());
      progress("origin-proxy is at " + gyre.address() + "; logs are in " + folder);
      startWorker(gyre);
      try (Walk walk = new Walk(gyre, this::progress)) {
        for (int i = 0; i < visitors; i++) {
          walk.nextVisitor();
        }
        return conclude(gyre, walk.result());
      }
    }
  }

  /** All browsers share this machine's cores, so that the first chunk of a peer takes its time. */
  private static Setup setup(Path folder, DemoSite site) {
    return Setup.of(folder, site.address())
        .peers("consent", "implied")
        .peers("hedge-delay", "2s")
        .peers("element-delay", "2s")
        .app("search", SearchApp.writeInto(folder), "/api/search*");
  }

  private Ports ports() {
    Ports free = Ports.free();
    return Ports.isFree(port) ? free.withHttp(port) : free;
  }

  /** The demo goes on without one, and says so: then the executor answers the app. */
  private void startWorker(RunningGyre gyre) {
    gyre.start(RunningGyre.WORKER);
    Optional<Boolean> answered =
        Await.poll(
            WORKER_READY,
            () ->
                gyre.get("/api/search?q=warm-up")
                    .headers()
                    .firstValue("cache-status")
                    .filter(status -> status.contains("detail=worker"))
                    .map(_ -> true));
    progress(
        answered.isPresent()
            ? "a worker answers the search app"
            : "no worker answered the search app within " + WORKER_READY.toSeconds() + " s");
  }

  private int conclude(RunningGyre gyre, DemoResult result) throws InterruptedException {
    System.out.println();
    DemoTable.lines(result).forEach(System.out::println);
    System.out.println("dashboard: " + gyre.admin(RunningGyre.PROXY) + "/");
    if (once) {
      return verdict(result);
    }
    System.out.println("the visitors stay; Ctrl-C ends the demo");
    new CountDownLatch(1).await();
    return 0;
  }

  private static int verdict(DemoResult result) {
    long drawn = result.avoidable().origin();
    if (drawn > 0) {
      System.out.println("failed: later pages drew " + drawn + " bytes that another visitor held");
    }
    if (result.app().workers() == 0) {
      System.out.println("failed: no worker answered the app");
    }
    return drawn == 0 && result.app().workers() > 0 ? 0 : 1;
  }

  private void progress(String text) {
    long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
    System.out.printf("%4d s  %s%n", seconds, text);
  }

  /** Ctrl-C: lets the demo close what it started before the process ends. */
  private void endGently(Thread demo) {
    isEnding = true;
    demo.interrupt();
    try {
      if (!ended.await(CLOSING.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("gyre: not everything ended within " + CLOSING.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
