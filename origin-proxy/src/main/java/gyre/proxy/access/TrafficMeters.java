package gyre.proxy.access;

import gyre.proxy.message.Headers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Requests by class of their status and by source, and how long they took. {@code left}: the client
 * had gone before there was an answer.
 */
public final class TrafficMeters implements Traffic {
  private static final List<String> CLASSES = List.of("1xx", "2xx", "3xx", "4xx", "5xx", "left");
  private static final Duration[] BUCKETS =
      List.of(1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000).stream()
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Map<String, Counter[]> counters = new HashMap<>();
  private final Timer timer;

  public TrafficMeters(MeterRegistry metrics) {
    for (String source : AnswerSource.ALL) {
      counters.put(
          source,
          CLASSES.stream().map(status -> counter(metrics, source, status)).toArray(Counter[]::new));
    }
    this.timer =
        Timer.builder("gyre.proxy.request").serviceLevelObjectives(BUCKETS).register(metrics);
  }

  private static Counter counter(MeterRegistry metrics, String source, String status) {
    return Counter.builder("gyre.proxy.requests")
        .tag("source", source)
        .tag("status", status)
        .register(metrics);
  }

  @Override
  public void answered(int status, Optional<Headers> response, long nanos) {
    Counter[] ofSource = counters.get(AnswerSource.of(response));
    int at = status == Access.LEFT ? CLASSES.size() - 1 : status / 100 - 1;
    if (ofSource != null && at >= 0 && at < ofSource.length) {
      ofSource[at].increment();
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }
}
