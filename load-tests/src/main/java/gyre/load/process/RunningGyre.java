package gyre.load.process;

import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * signalling-server and origin-proxy for one site, and a worker node where asked, as processes that
 * are ready. Used by one thread; closes them in reverse order.
 */
public final class RunningGyre implements AutoCloseable {
  public static final String SIGNALLING = "signalling-server";
  public static final String PROXY = "origin-proxy";
  public static final String WORKER = "worker-node";

  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final Installation installation = Installation.locate();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(ANSWER).build();
  private final Map<String, ServerProcess> servers = new LinkedHashMap<>();
  private final Path folder;
  private final Path config;
  private final Ports ports;

  private RunningGyre(Path folder, Path config, Ports ports) {
    this.folder = folder;
    this.config = config;
    this.ports = ports;
  }

  /** Writes gyre.yaml into the setup's folder and starts signalling-server and origin-proxy. */
  public static RunningGyre start(Setup setup) {
    return start(setup, Ports.free());
  }

  public static RunningGyre start(Setup setup, Ports ports) {
    RunningGyre gyre = new RunningGyre(setup.folder(), write(setup, ports), ports);
    try {
      gyre.start(SIGNALLING);
      gyre.start(PROXY);
      return gyre;
    } catch (RuntimeException e) {
      gyre.close();
      throw e;
    }
  }

  private static Path write(Setup setup, Ports ports) {
    Path config = setup.folder().resolve("gyre.yaml");
    try {
      Files.createDirectories(setup.folder());
      return Files.writeString(config, setup.yaml(ports));
    } catch (IOException e) {
      throw new StartFailure(config + ": cannot be written (" + e + ")", e);
    }
  }

  /** Starts one of the servers and waits until its admin endpoint says that it is ready. */
  public ServerProcess start(String name) {
    ServerProcess server =
        ServerProcess.start(installation, name, folder, List.of("--config", config.toString()));
    servers.put(name, server);
    awaitReady(server);
    return server;
  }

  /** SIGKILL; {@link #start} brings it back. */
  public void kill(String name) {
    server(name).kill();
  }

  public ServerProcess server(String name) {
    return Optional.ofNullable(servers.get(name))
        .orElseThrow(() -> new IllegalArgumentException(name + " was not started"));
  }

  /** Where visitors come in. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + ports.http());
  }

  /** The same over TLS, where the setup has a certificate. */
  public URI tlsAddress() {
    return URI.create("https://127.0.0.1:" + ports.https());
  }

  public Ports ports() {
    return ports;
  }

  public URI admin(String name) {
    int port =
        switch (name) {
          case SIGNALLING -> ports.signallingAdmin();
          case PROXY -> ports.proxyAdmin();
          case WORKER -> ports.workerAdmin();
          default -> throw new IllegalArgumentException("no server is called " + name);
        };
    return URI.create("http://127.0.0.1:" + port);
  }

  public Metrics metrics(String name) {
    byte[] text = get(admin(name).resolve("/metrics")).body();
    return Metrics.parse(new String(text, StandardCharsets.UTF_8));
  }

  /** A plain GET through origin-proxy, as curl would do it. */
  public HttpResponse<byte[]> get(String path, String... headers) {
    return get(address().resolve(path), headers);
  }

  public HttpResponse<byte[]> get(URI uri, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  public HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(request.method() + " " + request.uri() + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted in " + request.method() + " " + request.uri(), e);
    }
  }

  private void awaitReady(ServerProcess server) {
    URI ready = admin(server.name()).resolve("/readyz");
    Optional<Boolean> answer =
        Await.poll(
            READY,
            () -> {
              if (!server.isAlive()) {
                return Optional.of(false);
              }
              return isOk(ready) ? Optional.of(true) : Optional.empty();
            });
    if (answer.isEmpty() || !answer.get()) {
      String what = answer.isEmpty() ? "is not ready after " + READY.toSeconds() + " s" : "ended";
      throw new StartFailure(server.name() + " " + what + "; it said:\n" + server.lastLines(12));
    }
  }

  private boolean isOk(URI uri) {
    try {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    Deque<ServerProcess> reversed = new ArrayDeque<>();
    servers.values().forEach(reversed::push);
    reversed.forEach(ServerProcess::close);
    client.shutdownNow();
  }
}
