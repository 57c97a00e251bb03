package gyre.worker.shell;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gyre.operations.config.HostPort;
import gyre.operations.start.StartFailure;
import gyre.wire.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves each app's shell at an origin of its own, {@code http://<app>.localhost:<port>}, on a
 * loopback address only: {@code /}, {@code /worker-runtime.js}, {@code /worker-app.js} and {@code
 * /app.js}. Any other Host or path is 404, any method but GET and HEAD 405. Requests run on virtual
 * threads.
 */
public final class ShellServer implements AutoCloseable {
  private static final String SUFFIX = ".localhost";
  private static final String HTML =
      """
      <!doctype html>
      <meta charset="utf-8">
      <title>Gyre worker</title>
      <script src="/worker-runtime.js"></script>
      """;

  private final ShellApps apps;
  private final Map<String, String> policy;
  private final Bytes runtime = script("worker-runtime.js");
  private final Bytes appWorker = script("worker-app.js");
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  public ShellServer(HostPort listen, ShellApps apps, URI signalling) {
    this.apps = apps;
    this.policy = ShellPolicy.headers(signalling);
    this.server = bind(listen);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private static HttpServer bind(HostPort listen) {
    if (!listen.isLoopback()) {
      throw new StartFailure(
          "worker.listen is "
              + listen
              + ": shells are for the Chrome of this machine alone; name a loopback address");
    }
    try {
      return HttpServer.create(listen.socketAddress(), 64);
    } catch (IOException e) {
      throw new StartFailure(
          "cannot listen at "
              + listen
              + " ("
              + e.getMessage()
              + "); free the port or change worker.listen",
          e);
    }
  }

  /** Where a tab finds this app's shell. */
  public URI shellOf(String app) {
    return URI.create("http://" + app + SUFFIX + ":" + port() + "/");
  }

  public Optional<ShellApp> app(String name) {
    return apps.named(name);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      policy.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      String method = exchange.getRequestMethod();
      Optional<ShellApp> app = appOf(exchange.getRequestHeaders().getFirst("Host"));
      if (app.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        exchange.sendResponseHeaders(405, -1);
      } else {
        answer(exchange, app.get());
      }
    }
  }

  private Optional<ShellApp> appOf(String host) {
    String end = SUFFIX + ":" + port();
    return Optional.ofNullable(host)
        .filter(text -> text.endsWith(end))
        .flatMap(text -> apps.named(text.substring(0, text.length() - end.length())));
  }

  private void answer(HttpExchange exchange, ShellApp app) throws IOException {
    String javaScript = "text/javascript; charset=utf-8";
    switch (exchange.getRequestURI().getPath()) {
      case "/" ->
          send(
              exchange,
              "text/html; charset=utf-8",
              Bytes.owning(HTML.getBytes(StandardCharsets.UTF_8)));
      case "/worker-runtime.js" -> send(exchange, javaScript, runtime);
      case "/worker-app.js" -> send(exchange, javaScript, appWorker);
      case "/app.js" -> send(exchange, javaScript, app.script());
      default -> exchange.sendResponseHeaders(404, -1);
    }
  }

  private static void send(HttpExchange exchange, String type, Bytes content) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    if (exchange.getRequestMethod().equals("HEAD") || content.isEmpty()) {
      exchange.sendResponseHeaders(200, -1);
    } else {
      exchange.sendResponseHeaders(200, content.length());
      exchange.getResponseBody().write(content.toArray());
    }
  }

  private static Bytes script(String name) {
    String path = "/gyre/client/" + name;
    try (InputStream stream = ShellServer.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalStateException(path + " is not on the class path; build peer-client-js");
      }
      return Bytes.owning(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
