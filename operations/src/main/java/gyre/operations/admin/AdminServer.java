package gyre.operations.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import gyre.operations.config.AdminConfig;
import gyre.operations.start.StartFailure;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A server's admin endpoint, a port of its own: {@code /healthz} (the process answers), {@code
 * /readyz} (200, or 503 with the reason), {@code /metrics} (Prometheus), and the handlers that the
 * server adds. Requests run on virtual threads.
 *
 * <p>With a token configured, a request needs {@code Authorization: Bearer <token>}. Without one,
 * the Host must be a loopback name, so that a web page in the operator's browser cannot reach it by
 * DNS rebinding, and a request that changes something must not come from another origin.
 */
public final class AdminServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Optional<String> token;

  public AdminServer(
      AdminConfig config, PrometheusMeterRegistry metrics, Supplier<Optional<String>> notReady) {
    this.token = config.token();
    this.server = bind(config);
    server.setExecutor(threads);
    handle("/healthz", exchange -> text(exchange, 200, "ok\n"));
    handle(
        "/readyz",
        exchange -> {
          Optional<String> reason = notReady.get();
          text(exchange, reason.isEmpty() ? 200 : 503, reason.orElse("ready") + "\n");
        });
    handle(
        "/metrics",
        exchange ->
            answer(
                exchange,
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.scrape().getBytes(StandardCharsets.UTF_8)));
    server.start();
  }

  private static HttpServer bind(AdminConfig config) {
    try {
      return HttpServer.create(config.listen().socketAddress(), 64);
    } catch (IOException e) {
      throw new StartFailure(
          "cannot listen at admin address "
              + config.listen()
              + " ("
              + e.getMessage()
              + "); free the port or change admin.listen",
          e);
    }
  }

  /** Adds a handler for a path and everything below it. */
  public void handle(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            if (mayPass(exchange)) {
              handler.handle(exchange);
            } else {
              text(
                  exchange,
                  403,
                  "this admin endpoint needs its token, or a loopback Host and no foreign Origin\n");
            }
          }
        });
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  public static void text(HttpExchange exchange, int status, String body) throws IOException {
    answer(exchange, status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
  }

  public static void json(HttpExchange exchange, int status, byte[] body) throws IOException {
    answer(exchange, status, "application/json", body);
  }

  public static void answer(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  private boolean mayPass(HttpExchange exchange) {
    if (token.isPresent()) {
      String given =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
      return MessageDigest.isEqual(
          given.getBytes(StandardCharsets.UTF_8),
          ("Bearer " + token.get()).getBytes(StandardCharsets.UTF_8));
    }
    String host = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host")).orElse("");
    String origin = exchange.getRequestHeaders().getFirst("Origin");
    return isLoopbackName(host) && (origin == null || origin.equals("http://" + host));
  }

  private static boolean isLoopbackName(String authority) {
    String host = authority.replaceFirst(":\\d+$", "");
    return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
