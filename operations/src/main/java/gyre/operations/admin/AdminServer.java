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
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * A server's admin endpoint, a port of its own: {@code /healthz} (the process answers), {@code
 * /readyz} (200, or 503 with the reason), {@code /metrics} (Prometheus), and the handlers that the
 * server adds. Requests run on virtual threads.
 *
 * <p>With a token configured, a request needs {@code Authorization: Bearer <token>}, or the cookie
 * that a browser gets at {@code /login} for the token. Without one, the Host must be a loopback
 * name, so that a web page in the operator's browser cannot reach it by DNS rebinding. No request
 * of a browser may come from another origin.
 */
public final class AdminServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Optional<AdminLogin> login;

  public AdminServer(
      AdminConfig config, PrometheusMeterRegistry metrics, Supplier<Optional<String>> notReady) {
    this.login = config.token().map(token -> new AdminLogin(token, InstantSource.system()));
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
    login.ifPresent(form -> server.createContext("/login", exchange -> logIn(form, exchange)));
    server.start();
  }

  private static void logIn(AdminLogin form, HttpExchange exchange) throws IOException {
    try (exchange) {
      form.handle(exchange);
    }
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
            } else if (login.isPresent() && isNavigation(exchange)) {
              AdminLogin.redirect(exchange, "/login");
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
    if (login.isPresent() && login.get().isToken(bearer(exchange))) {
      return true;
    }
    return isOfItself(exchange)
        && (login.isPresent()
            ? login.get().isLoggedIn(exchange)
            : isLoopbackName(header(exchange, "Host")));
  }

  private static String bearer(HttpExchange exchange) {
    String given = header(exchange, "Authorization");
    return given.startsWith("Bearer ") ? given.substring("Bearer ".length()) : "";
  }

  /** Not a page of another origin. Before this endpoint a proxy may speak TLS. */
  private static boolean isOfItself(HttpExchange exchange) {
    String origin = header(exchange, "Origin");
    String host = header(exchange, "Host");
    return origin.isEmpty() || origin.equals("http://" + host) || origin.equals("https://" + host);
  }

  private static boolean isNavigation(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("GET")
        && header(exchange, "Accept").startsWith("text/html");
  }

  private static String header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse("");
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
