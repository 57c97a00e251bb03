package gyre.worker;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;

/** The fleet in numbers, one series per site and app. */
final class FleetMetrics {
  private FleetMetrics() {}

  static void register(WorkerFleet fleet, MeterRegistry registry) {
    Gauge.builder("gyre.worker.browsers.started", fleet, WorkerFleet::browsers)
        .description("headless Chromes started since this process began")
        .register(registry);
    fleet
        .wanted()
        .forEach(
            (job, count) -> {
              Tags tags = Tags.of("site", job.site(), "app", job.app().name());
              Gauge.builder("gyre.worker.tabs.wanted", () -> count).tags(tags).register(registry);
              sum(fleet, registry, tags, "gyre.worker.tabs", _ -> 1);
              sum(fleet, registry, tags, "gyre.worker.channels", it -> it.state().channels());
              sum(fleet, registry, tags, "gyre.worker.served", it -> it.tab().vitals().served());
              sum(fleet, registry, tags, "gyre.worker.failed", it -> it.state().failed());
              sum(fleet, registry, tags, "gyre.worker.memory", it -> it.tab().vitals().memory());
            });
  }

  private static void sum(
      WorkerFleet fleet,
      MeterRegistry registry,
      Tags tags,
      String name,
      ToDoubleFunction<OpenTab> number) {
    Gauge.builder(name, fleet, it -> total(it, tags, number))
        .description("over the tabs that are open now")
        .tags(tags)
        .register(registry);
  }

  private static double total(WorkerFleet fleet, Tags tags, ToDoubleFunction<OpenTab> number) {
    return fleet.tabs().stream()
        .filter(
            open ->
                Tags.of("site", open.tab().job().site(), "app", open.tab().job().app().name())
                    .equals(tags))
        .mapToDouble(number)
        .sum();
  }
}
