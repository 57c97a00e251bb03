package gyre.proxy.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.message.Headers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficMetersTest {
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final TrafficMeters meters = new TrafficMeters(metrics);

  @ParameterizedTest
  @CsvSource({
    "200, Gyre; hit,                               hit,      2xx",
    "200, Gyre; hit; detail=stale,                 hit,      2xx",
    "206, Gyre; fwd=miss; detail=peer,             peer,     2xx",
    "304, Gyre; fwd=stale; detail=upstream,        upstream, 3xx",
    "502, Gyre; fwd=miss; collapsed; detail=other, own,      5xx",
    "200, Other; hit,                              own,      2xx",
    "404, ,                                        own,      4xx",
  })
  void aRequestCountsByStatusAndSource(int status, String cacheStatus, String source, String kind) {
    Headers headers = cacheStatus == null ? Headers.EMPTY : Headers.of("cache-status", cacheStatus);
    meters.answered(status, Optional.of(headers), 1_000_000);
    assertEquals(1, count(source, kind));
    assertEquals(1, metrics.get("gyre.proxy.request").timer().count());
  }

  @Test
  void aMemberOfACacheBeforeThisOneIsNotOurs() {
    Headers headers =
        Headers.of("cache-status", "Other; hit", "cache-status", "Gyre; fwd=miss; detail=upstream");
    meters.answered(200, Optional.of(headers), 1);
    assertEquals(1, count("upstream", "2xx"));
  }

  @Test
  void whoLeftIsCountedApart() {
    meters.answered(Access.LEFT, Optional.empty(), 1);
    assertEquals(1, count("own", "left"));
  }

  private double count(String source, String status) {
    return metrics
        .get("gyre.proxy.requests")
        .tags("source", source, "status", status)
        .counter()
        .count();
  }
}
