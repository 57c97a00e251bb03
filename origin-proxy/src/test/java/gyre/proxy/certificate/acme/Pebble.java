package gyre.proxy.certificate.acme;

import gyre.operations.config.AcmeConfig;
import gyre.operations.config.TlsConfig;
import gyre.proxy.http.Certificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Let's Encrypt's server for tests with its own DNS, which says 127.0.0.1 for every name. What it
 * issues is verified with {@link #root}.
 */
public final class Pebble implements AutoCloseable {
  private static final Map<String, String> CALM =
      Map.of("PEBBLE_VA_NOSLEEP", "1", "PEBBLE_WFE_NONCEREJECT", "0", "PEBBLE_AUTHZREUSE", "0");

  private final List<Process> processes = new ArrayList<>();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final CountDownLatch ready = new CountDownLatch(2);
  private final Path folder;
  private final Path ca;
  private final List<Integer> ports;
  private final String settings;
  private final Map<String, String> environment;

  private Pebble(Path folder, String settings, Map<String, String> environment) throws Exception {
    this.folder = Files.createDirectories(folder.resolve("pebble"));
    this.settings = settings;
    this.environment = environment;
    this.ports = freePorts(6);
    TlsConfig.Certificate own = Certificates.make(this.folder, "pebble", "ip:127.0.0.1");
    this.ca = own.cert();
  }

  /** {@code settings}: further members of its configuration; {@code environment}: over ours. */
  public static Pebble start(Path folder, String settings, Map<String, String> environment)
      throws Exception {
    Pebble pebble = new Pebble(folder, settings, environment);
    boolean started = false;
    try {
      pebble.begin();
      started = true;
      return pebble;
    } finally {
      if (!started) {
        pebble.close();
      }
    }
  }

  public static Pebble start(Path folder) throws Exception {
    return start(folder, "", Map.of());
  }

  /** One that cannot be reached before {@link #begin}. */
  public static Pebble prepare(Path folder) throws Exception {
    return new Pebble(folder, "", Map.of());
  }

  /** Returns when it can be asked. */
  public void begin() throws IOException, InterruptedException {
    Path config =
        Files.writeString(
            folder.resolve("pebble.json"),
            """
            { "pebble": {
                "listenAddress": "127.0.0.1:%d", "managementListenAddress": "127.0.0.1:%d",
                "certificate": "%s", "privateKey": "%s",
                "httpPort": %d, "tlsPort": %d, "ocspResponderURL": "",
                "externalAccountBindingRequired": false%s } }
            """
                .formatted(
                    ports.get(0),
                    ports.get(1),
                    ca,
                    folder.resolve("pebble.key"),
                    httpPort(),
                    tlsPort(),
                    settings.isEmpty() ? "" : ", " + settings));
    String dns = "127.0.0.1:" + ports.get(4);
    launch(
        Map.of(),
        "Starting management server",
        List.of(
            "pebble-challtestsrv",
            "-dns01",
            dns,
            "-defaultIPv6",
            "",
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
            "-management",
            "127.0.0.1:" + ports.get(5)));
    launch(
        environment,
        "ACME directory available at",
        List.of("pebble", "-config", config.toString(), "-dnsserver", dns));
    if (!ready.await(20, TimeUnit.SECONDS)) {
      throw new IOException("pebble is not ready:\n" + String.join("\n", lines));
    }
  }

  private void launch(Map<String, String> environment, String sign, List<String> command)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(CALM);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      processes.add(process);
      Thread.ofVirtual().start(() -> read(process, sign));
    } catch (IOException e) {
      throw new IOException(
          command.getFirst() + " cannot be started; apt-get install pebble brings it", e);
    }
  }

  private void read(Process process, String sign) {
    try (BufferedReader reader = process.inputReader()) {
      reader
          .lines()
          .forEach(
              line -> {
                lines.add(line);
                if (line.contains(sign)) {
                  ready.countDown();
                }
              });
    } catch (IOException | java.io.UncheckedIOException e) {
      lines.add("the output ended: " + e);
    }
  }

  /** Free now; in a network namespace of the test's own nobody else takes them. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return ports;
  }

  /** Where it looks for proofs by HTTP. */
  public int httpPort() {
    return ports.get(2);
  }

  /** Where it looks for proofs by TLS. */
  public int tlsPort() {
    return ports.get(3);
  }

  public URI directory() {
    return URI.create("https://127.0.0.1:" + ports.get(0) + "/dir");
  }

  /** What its own TLS is verified with. */
  public Path ca() {
    return ca;
  }

  public AcmeConfig config(AcmeConfig.Challenge... challenges) {
    return new AcmeConfig(
        directory(),
        Optional.of("admin@example.test"),
        folder.resolve("acme"),
        List.of(challenges),
        Optional.of(ca),
        Optional.empty());
  }

  /** The certificate, in a PEM file, that what it issues is verified with. */
  public Path root() throws IOException, InterruptedException, GeneralSecurityException {
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(Certificates.trusting(ca)).build()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + ports.get(1) + "/roots/0"))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return Files.writeString(folder.resolve("root.pem"), answer.body());
    }
  }

  /** Requests that it got so far. */
  public long requests() {
    return lines.stream().filter(line -> line.contains("calling handler()")).count();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  /** From now on it cannot be reached. */
  public void stop() {
    processes.forEach(Process::destroyForcibly);
  }

  @Override
  public void close() {
    stop();
  }
}
