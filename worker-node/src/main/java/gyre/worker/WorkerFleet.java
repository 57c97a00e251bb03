package gyre.worker;

import gyre.worker.browser.BrowserLostException;
import gyre.worker.browser.BrowserSettings;
import gyre.worker.browser.ChromeBrowser;
import gyre.worker.fleet.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the wanted tabs open in one headless Chrome, and starts a new one when that dies or hangs.
 *
 * <p>One platform thread, {@code fleet}, owns browser and tabs and tends them twice a second;
 * everybody else reads {@link #tabs}.
 */
final class WorkerFleet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerFleet.class);
  private static final Duration RHYTHM = Duration.ofMillis(500);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration END = Duration.ofSeconds(30);

  private final FleetWork work;
  private final BrowserSettings settings;
  private final InstantSource clock;
  private final BlockingQueue<String> toCrash = new LinkedBlockingQueue<>(16);
  private final AtomicInteger browsers = new AtomicInteger();
  private final Thread thread = Thread.ofPlatform().name("fleet").unstarted(this::run);
  private volatile List<OpenTab> tabs = List.of();
  private volatile boolean closed;

  WorkerFleet(FleetWork work, BrowserSettings settings, InstantSource clock) {
    this.work = work;
    this.settings = settings;
    this.clock = clock;
  }

  void start() {
    thread.start();
  }

  /** The tabs as they were last seen. Any thread. */
  List<OpenTab> tabs() {
    return tabs;
  }

  /** How many browsers were started so far. */
  int browsers() {
    return browsers.get();
  }

  Map<Job, Integer> wanted() {
    return work.wanted();
  }

  /** Why not every wanted app can be asked yet; empty once each has a registered tab. */
  Optional<String> notReady() {
    List<OpenTab> now = tabs;
    return work.wanted().keySet().stream()
        .filter(job -> now.stream().noneMatch(open -> serves(open, job)))
        .findFirst()
        .map(job -> "no registered tab runs " + job);
  }

  private static boolean serves(OpenTab open, Job job) {
    return open.tab().job().equals(job) && open.tab().vitals().isRegistered();
  }

  /** Asks for the renderers of this app's tabs to be killed; false where it has none. */
  boolean crash(String app) {
    return tabs.stream().anyMatch(open -> open.tab().job().app().name().equals(app))
        && toCrash.offer(app);
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      Instant began = clock.instant();
      String end = runOneBrowser();
      tabs = List.of();
      failures = began.plus(LONGEST_PAUSE).isBefore(clock.instant()) ? 0 : failures;
      if (!closed) {
        Duration pause = pause(failures++);
        LOG.warn("Chrome is lost ({}); a new one starts in {} ms", end, pause.toMillis());
        rest(pause);
      }
    }
  }

  /** From its start to its end; why it ended. */
  private String runOneBrowser() {
    try (ChromeBrowser browser = ChromeBrowser.start(settings)) {
      browsers.incrementAndGet();
      LOG.info("Chrome is up");
      TabKeeper keeper = new TabKeeper(browser, work, clock);
      while (!closed) {
        keeper.tend();
        tabs = keeper.tabs();
        String app = toCrash.poll(RHYTHM.toMillis(), TimeUnit.MILLISECONDS);
        if (app != null && !app.isEmpty()) {
          keeper.crash(app);
        }
      }
      return "closed";
    } catch (BrowserLostException e) {
      LOG.debug("Chrome is lost", e);
      return String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      closed = true;
      return "interrupted";
    } catch (RuntimeException e) {
      LOG.error("the fleet failed", e);
      return e.toString();
    }
  }

  private static Duration pause(int failures) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 20));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** Ends early when the fleet closes: that puts an empty name into the queue. */
  private void rest(Duration pause) {
    try {
      var _ = toCrash.poll(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  /** Ends browser and driver; returns once they are gone. */
  @Override
  public void close() {
    closed = true;
    var _ = toCrash.offer("");
    try {
      if (!thread.join(END)) {
        LOG.warn("the browser did not end within {} s", END.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
