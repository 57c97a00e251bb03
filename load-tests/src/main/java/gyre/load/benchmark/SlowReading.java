package gyre.load.benchmark;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Thousands of slow readers of a cached and of a proxied answer: what each costs a server, and
 * whether others are answered meanwhile as before.
 */
final class SlowReading {
  private static final String FILE = "1m.bin";

  /** Who asks as usual: connections that are kept alive. */
  private static final int OTHERS = 8;

  private static final Duration WARM_UP = Duration.ofSeconds(5);

  private final int readers;
  private final int seconds;
  private final Progress progress;

  SlowReading(int readers, int seconds, Progress progress) {
    this.readers = readers;
    this.seconds = seconds;
    this.progress = progress;
  }

  void measure(List<HttpServer> servers) throws IOException {
    int most = OpenFileLimit.connections();
    compare(servers, Nginx.CACHED, Math.min(readers, most));
    compare(servers, Nginx.PROXIED, Math.min(readers, most / 2)); // each has one upstream as well
    System.out.println(
        "p99: 1 KiB as cached or proxied, on 8 connections; sockets: the kernel's, of both sides");
  }

  private void compare(List<HttpServer> servers, String path, int count) throws IOException {
    System.out.printf(
        "%n%-14s %9s %9s %14s %14s %16s %14s %14s   %s%n",
        "slow-readers",
        "readers",
        "not 200",
        "KB heap each",
        "KB memory each",
        "KB sockets each",
        "p99 ms before",
        "meanwhile",
        path + FILE);
    for (HttpServer server : servers) {
      row(server, path, count);
    }
  }

  private void row(HttpServer server, String path, int count) throws IOException {
    progress.say("slow-readers: %d of %s at %s".formatted(count, path, server.name()));
    URI ordinary = server.plain().resolve(path + "1k.bin");
    Wrk others = new Wrk();
    others.run(ordinary, OTHERS, WARM_UP);
    LoadRun before = others.run(ordinary, OTHERS, Duration.ofSeconds(seconds));
    others.run(server.plain().resolve(path + FILE), 1, Duration.ofSeconds(1)); // now it is cached
    AtomicReference<LoadRun> meanwhile = new AtomicReference<>(before);
    SlowReaders.Cost cost =
        SlowReaders.measure(
            server.plain().resolve(path + FILE),
            count,
            server.processes(),
            server.isJvm(),
            () -> meanwhile.set(others.run(ordinary, OTHERS, Duration.ofSeconds(seconds))));
    System.out.printf(
        "%-14s %9d %9d %14s %14.2f %16.2f %14.2f %14.2f%s%n",
        server.name(),
        count,
        cost.refused(),
        cost.heap().isPresent() ? "%.2f".formatted(cost.heap().getAsLong() / 1e3 / count) : "-",
        cost.resident() / 1e3 / count,
        cost.sockets() / 1e3 / count,
        before.p99Millis(),
        meanwhile.get().p99Millis(),
        meanwhile.get().notOk() > 0 ? "   not 2xx: " + meanwhile.get().notOk() : "");
  }
}
