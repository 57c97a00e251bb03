package gyre.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An origin-proxy as a process of its own, with the classes of this test. */
final class RunningProxy implements AutoCloseable {
  private static final Pattern ADDRESSES =
      Pattern.compile(
          "listens at http://[^:]+:(\\d+)(?: and https://[^:]+:(\\d+))?.*admin at (\\S+)");

  private final Process process;
  private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> all = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Matcher addresses;
  private final Path file;

  private RunningProxy(Path file, List<String> within) throws IOException, InterruptedException {
    this.file = file;
    List<String> command = new ArrayList<>(within);
    command.addAll(
        List.of(
            "env", // whoever runs the tests may have them ignore these
            "--default-signal=HUP,INT,TERM",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "gyre.proxy.Main",
            "--config",
            file.toString()));
    this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Thread.ofVirtual().start(this::read);
    this.addresses = ADDRESSES.matcher(line("listens at"));
    if (!addresses.find()) {
      throw new IOException("no addresses");
    }
  }

  /**
   * {@code yaml} beside data, admin and signalling, and beside listen where it does not begin with
   * that: free ports on loopback.
   */
  static RunningProxy start(Path folder, String yaml) throws IOException, InterruptedException {
    Path file = folder.resolve("gyre.yaml");
    write(file, yaml);
    return new RunningProxy(file, List.of());
  }

  /** With its data on a disk of its own, of so many MiB, that nobody else sees. */
  static RunningProxy onSmallDisk(Path folder, String yaml, int mebibytes)
      throws IOException, InterruptedException {
    Path file = folder.resolve("gyre.yaml");
    write(file, yaml);
    Path data = Files.createDirectory(folder.resolve("data"));
    String mount = "mount -t tmpfs -o size=" + mebibytes + "m none \"$0\" && exec \"$@\"";
    return new RunningProxy(
        file, List.of("unshare", "--mount", "sh", "-c", mount, data.toString()));
  }

  /** A file as the process sees it. */
  Path seen(Path path) {
    return Path.of("/proc/" + process.pid() + "/root" + path);
  }

  /** Writes the file anew, for a reload. */
  void rewrite(String yaml) throws IOException {
    write(file, yaml);
  }

  private static void write(Path file, String yaml) throws IOException {
    var _ =
        Files.writeString(
            file,
            """
            data: data
            admin: { listen: "127.0.0.1:0" }
            signalling: { url: "ws://127.0.0.1:9" }
            """
                + (yaml.startsWith("listen:") ? "" : "listen: 127.0.0.1:0\n")
                + yaml);
  }

  private void read() {
    try (BufferedReader reader = process.inputReader()) {
      reader
          .lines()
          .forEach(
              line -> {
                all.add(line);
                lines.add(line);
              });
    } catch (IOException e) {
      lines.add("the output ended: " + e);
    }
  }

  /** Waits for a line of its output that holds this text. */
  String line(String text) throws IOException, InterruptedException {
    StringBuilder seen = new StringBuilder();
    while (true) {
      String line = lines.poll(30, TimeUnit.SECONDS);
      if (line == null) {
        throw new IOException("no line with '" + text + "' in:\n" + seen);
      }
      if (line.contains(text)) {
        return line;
      }
      seen.append(line).append('\n');
    }
  }

  /** What it has said beside. */
  List<String> rest() {
    return List.copyOf(lines);
  }

  /** All that it wrote so far. */
  String output() {
    return String.join("\n", all);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(addresses.group(1)));
  }

  InetSocketAddress secureAddress() {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(addresses.group(2)));
  }

  HttpResponse<String> admin(String method, String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(addresses.group(3) + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /** Its status, once it has ended. */
  int ended() throws IOException, InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new IOException("it did not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    client.shutdownNow();
  }
}
