package gyre.signalling.session;

import gyre.wire.ClientMessage;
import gyre.wire.RefusalCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** What the server counts; nothing in it names a peer, an address or a page. Thread-safe. */
final class Meters {
  private final MeterRegistry registry;
  private final Map<Class<?>, Counter> received = new ConcurrentHashMap<>();
  private final Map<RefusalCode, Counter> refused = new ConcurrentHashMap<>();
  private final Map<Cut, Counter> cut = new ConcurrentHashMap<>();

  /** Why the server ended a connection without a word. */
  enum Cut {
    NO_HANDSHAKE,
    NO_WELCOME,
    SILENT,
    SLOW_READER,
    SLOW_CLOSE,
    TOO_MANY,
    HEADER_TOO_LONG
  }

  Meters(MeterRegistry registry) {
    this.registry = registry;
    for (Cut reason : Cut.values()) {
      cut.put(reason, counter("gyre.signalling.cut", "reason", name(reason)));
    }
    for (RefusalCode code : RefusalCode.values()) {
      refused.put(code, counter("gyre.signalling.refused", "code", name(code)));
    }
  }

  void gauge(String name, Supplier<Number> value) {
    Gauge.builder(name, value).register(registry);
  }

  void received(ClientMessage message) {
    received
        .computeIfAbsent(
            message.getClass(),
            type ->
                counter(
                    "gyre.signalling.received",
                    "message",
                    type.getSimpleName().toLowerCase(Locale.ROOT)))
        .increment();
  }

  void refused(RefusalCode code) {
    refused
        .computeIfAbsent(code, absent -> counter("gyre.signalling.refused", "code", name(absent)))
        .increment();
  }

  void cut(Cut reason) {
    cut.computeIfAbsent(reason, absent -> counter("gyre.signalling.cut", "reason", name(absent)))
        .increment();
  }

  private Counter counter(String name, String tag, String value) {
    return Counter.builder(name).tag(tag, value).register(registry);
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
