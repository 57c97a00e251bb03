package gyre.proxy.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import gyre.operations.admin.AdminServer;
import gyre.operations.config.GyreConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live page at {@code /} of the admin port and {@code /api/status}, the JSON it polls. A thread
 * of its own samples the counters once a second, so that a page opened late sees the past five
 * minutes.
 */
public final class Dashboard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final int STEPS = 300;
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
          + " connect-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";

  private final Supplier<GyreConfig> config;
  private final AnswerCounters counters;
  private final SwarmView swarm;
  private final History history;
  private final InstantSource clock;
  private final ObjectMapper json = new ObjectMapper();
  private final byte[] page = page();
  private final Instant started;
  private final ScheduledExecutorService sampler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("gyre-dashboard").daemon(true).factory());

  /** {@code config}: the one in use now. */
  public Dashboard(Supplier<GyreConfig> config, MeterRegistry registry, InstantSource clock) {
    this.config = config;
    this.counters = new AnswerCounters(registry);
    this.swarm = new SwarmView(config.get().signalling().admin(), json);
    this.history = new History(STEPS, counters.read());
    this.clock = clock;
    this.started = clock.instant();
    var _ =
        sampler.scheduleAtFixedRate(
            this::sample, STEP.toMillis(), STEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Adds the page and its JSON to the admin endpoint. */
  public void serveAt(AdminServer admin) {
    admin.handle("/", this::servePage);
    admin.handle("/api/status", this::serveStatus);
  }

  private void servePage(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestURI().getPath().equals("/")) {
      AdminServer.text(exchange, 404, "nothing here; the dashboard is at /\n");
      return;
    }
    exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
    exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
    AdminServer.answer(exchange, 200, "text/html; charset=utf-8", page);
  }

  private void serveStatus(HttpExchange exchange) throws IOException {
    AdminServer.json(exchange, 200, json.writeValueAsBytes(status()));
  }

  private Status status() {
    SwarmView.Answer seen = swarm.read();
    Instant now = clock.instant();
    synchronized (history) {
      return new Status(
          now.toEpochMilli(),
          Duration.between(started, now).toMillis(),
          Status.sites(config.get()),
          Status.apps(config.get()),
          new Status.Answers(counters.read(), STEP.toMillis(), history.series()),
          seen);
    }
  }

  private void sample() {
    try {
      Map<String, Tally> tallies = counters.read();
      synchronized (history) {
        history.sample(tallies);
      }
    } catch (RuntimeException bug) {
      // The next sample must come all the same.
      LOG.error("sampling the counters failed", bug);
    }
  }

  private static byte[] page() {
    try (InputStream page = Dashboard.class.getResourceAsStream("dashboard.html")) {
      if (page == null) {
        throw new IllegalStateException("the jar lacks gyre/proxy/admin/dashboard.html");
      }
      return page.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("gyre/proxy/admin/dashboard.html cannot be read", e);
    }
  }

  @Override
  public void close() {
    sampler.shutdownNow();
    swarm.close();
  }
}
