package gyre.proxy.fetch;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Response;
import gyre.proxy.message.WrappedBody;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers and body bytes by the source they came from and the kind of their content (the type
 * before the slash). Any thread; bytes count when they are handed to the client's connection.
 */
public final class Counters {
  private static final int KINDS = 32;

  private record Key(Source source, String kind) {}

  private record Count(Counter answers, Counter bytes) {}

  /** Answers and bytes so far. */
  public record Total(long answers, long bytes) {}

  private final Map<Key, Count> counts = new ConcurrentHashMap<>();
  private final MeterRegistry registry;

  public Counters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** The same response, counted. */
  Response counted(Source source, Response response) {
    Count count = count(source, kind(response.headers()));
    count.answers().increment();
    return response.body().equals(Body.EMPTY)
        ? response
        : response.withBody(new CountedBody(response.body(), count.bytes()));
  }

  private Count count(Source source, String kind) {
    Key key = new Key(source, counts.size() < KINDS * Source.values().length ? kind : "other");
    return counts.computeIfAbsent(
        key, k -> new Count(meter("gyre.proxy.answers", k), meter("gyre.proxy.answer.bytes", k)));
  }

  private Counter meter(String name, Key key) {
    return Counter.builder(name)
        .tag("source", key.source().label())
        .tag("kind", key.kind())
        .register(registry);
  }

  private static String kind(Headers headers) {
    String type = headers.first("content-type").orElse("none");
    int slash = type.indexOf('/');
    return slash > 0 && slash < 16 ? type.substring(0, slash) : "none";
  }

  public Map<String, Total> bySource() {
    Map<String, Total> totals = new TreeMap<>();
    for (Source source : Source.values()) {
      totals.put(source.label(), new Total(0, 0));
    }
    counts.forEach((key, count) -> add(totals, key.source().label(), count));
    return totals;
  }

  /** By source, then by kind of content. */
  public Map<String, Map<String, Total>> byKind() {
    Map<String, Map<String, Total>> kinds = new TreeMap<>();
    counts.forEach(
        (key, count) ->
            add(
                kinds.computeIfAbsent(key.source().label(), s -> new TreeMap<>()),
                key.kind(),
                count));
    return kinds;
  }

  private static void add(Map<String, Total> totals, String name, Count count) {
    totals.merge(
        name,
        new Total((long) count.answers().count(), (long) count.bytes().count()),
        (a, b) -> new Total(a.answers() + b.answers(), a.bytes() + b.bytes()));
  }

  private record CountedBody(Body body, Counter bytes) implements WrappedBody {
    @Override
    public Optional<ByteBuffer> next() throws IOException {
      Optional<ByteBuffer> piece = body.next();
      piece.ifPresent(given -> bytes.increment(given.remaining()));
      return piece;
    }
  }
}
