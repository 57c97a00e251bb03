package gyre.load.site;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * The gallery's web server: GET and HEAD with conditions and single ranges (RFC 9110, 13 and 14),
 * and counts of what it sent. One virtual thread per request; counters may be read from any thread.
 */
public final class DemoSite implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Gallery gallery = new Gallery();
  private final Oddities oddities = new Oddities();
  private final Map<String, LongAdder> bytes = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();

  private DemoSite(HttpServer server) {
    this.server = server;
  }

  /** On loopback, at a port of the system's choice. */
  public static DemoSite start() throws IOException {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  public static DemoSite start(InetSocketAddress listen) throws IOException {
    // Without it, head and body of an answer wait for each other: 40 ms on loopback.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server = HttpServer.create(listen, 512);
    DemoSite site = new DemoSite(server);
    server.createContext("/", site::answer);
    server.setExecutor(site.threads);
    server.start();
    return site;
  }

  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Body bytes sent for this path. */
  public long bytesOf(String path) {
    return sum(bytes, path);
  }

  /** Requests for this path, whatever the answer. */
  public long requestsOf(String path) {
    return sum(requests, path);
  }

  /** Body bytes sent for every path that begins so. */
  public long bytesBelow(String prefix) {
    return bytes.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(prefix))
        .mapToLong(entry -> entry.getValue().sum())
        .sum();
  }

  /** Gives {@code /odd/changing.png} new bytes. */
  public void change() {
    oddities.change();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static long sum(Map<String, LongAdder> counters, String path) {
    LongAdder counter = counters.get(path);
    return counter == null ? 0 : counter.sum();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      boolean isRead =
          exchange.getRequestMethod().equals("GET") || exchange.getRequestMethod().equals("HEAD");
      Optional<Asset> asset =
          gallery.find(path).or(() -> oddities.find(path)).or(() -> Measured.find(path));
      if (asset.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!isRead) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
      } else {
        count(requests, path, 1);
        send(exchange, path, asset.get());
      }
    }
  }

  private void send(HttpExchange exchange, String path, Asset asset) throws IOException {
    if (Oddities.needsAuthorization(path)
        && !exchange.getRequestHeaders().containsKey("Authorization")) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"odd\"");
      exchange.sendResponseHeaders(401, -1);
      return;
    }
    asset.headers().forEach(h -> exchange.getResponseHeaders().add(h.name(), h.value()));
    exchange.getResponseHeaders().set("ETag", asset.etag());
    if (header(exchange, "If-None-Match").filter(asset.etag()::equals).isPresent()) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", asset.contentType());
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    sendBody(
        exchange, path, asset, ByteRange.of(wantedRange(exchange, asset), asset.body().length()));
  }

  /** RFC 9110, 13.1.5: a range counts only where If-Range names the same representation. */
  private static Optional<String> wantedRange(HttpExchange exchange, Asset asset) {
    boolean isSame = header(exchange, "If-Range").map(asset.etag()::equals).orElse(true);
    return isSame ? header(exchange, "Range") : Optional.empty();
  }

  private void sendBody(HttpExchange exchange, String path, Asset asset, ByteRange range)
      throws IOException {
    switch (range) {
      case ByteRange.Whole() -> write(exchange, path, asset, 200, 0, asset.body().length());
      case ByteRange.Part(int from, int length) -> {
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range",
                "bytes %d-%d/%d".formatted(from, from + length - 1, asset.body().length()));
        write(exchange, path, asset, 206, from, length);
      }
      case ByteRange.Outside() -> {
        exchange.getResponseHeaders().set("Content-Range", "bytes */" + asset.body().length());
        exchange.sendResponseHeaders(416, -1);
      }
    }
  }

  private void write(
      HttpExchange exchange, String path, Asset asset, int status, int from, int length)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD") || length == 0) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, length);
    exchange.getResponseBody().write(asset.body().slice(from, length).toArray());
    count(bytes, path, length);
  }

  private static void count(Map<String, LongAdder> counters, String path, long amount) {
    counters.computeIfAbsent(path, _ -> new LongAdder()).add(amount);
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }
}
