package gyre.load.benchmark;

import gyre.load.process.Await;
import gyre.load.process.ProcessTree;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Traffic;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code gyre load peers}: a file from a warm neighbour, the same bytes over HTTP, and over a bare
 * data channel between the same two browsers, turn by turn.
 */
@Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description = "Browser to browser beside HTTP and beside a bare data channel.")
public final class PeersBenchmark implements Callable<Integer> {
  private static final List<Integer> KIBIBYTES = List.of(256, 10_240);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(
      names = "--rounds",
      defaultValue = "9",
      description = "rounds, of which the median counts (default ${DEFAULT-VALUE})")
  private int rounds;

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("gyre-load-peers");
    try (DemoSite site = DemoSite.start();
        RunningGyre gyre = RunningGyre.start(setup(folder, site));
        Visitor holder = Visitor.arriveAt(gyre.address());
        Visitor reader = Visitor.arriveAt(gyre.address());
        Visitor plain = Visitor.arriveAt(gyre.address())) {
      List.of(holder, reader, plain).forEach(visitor -> visitor.open("/film.html"));
      plain.value("gyre.off()");
      plain.open("/film.html");
      List.of(holder, reader).forEach(PeersBenchmark::awaitReady);
      connectPump(holder, reader);
      for (int size : KIBIBYTES) {
        measure(gyre, holder, reader, plain, size);
      }
    }
    return 0;
  }

  private static Setup setup(Path folder, DemoSite site) {
    return Setup.of(folder, site.address())
        .peers("consent", "implied")
        .peers("upload-rate", "1GiB")
        .peers("upload-volume", "100GiB");
  }

  private static void awaitReady(Visitor visitor) {
    Await.until(
        "a visitor is registered and controlled",
        PATIENCE,
        () -> visitor.peerId().isPresent() && visitor.isControlled());
  }

  private void measure(
      RunningGyre gyre, Visitor holder, Visitor reader, Visitor plain, int kibibytes) {
    Series peers = new Series("gyre, warm neighbour");
    Series http = new Series("http, cached");
    Series pump = new Series("bare data channel");
    for (int round = 0; round <= rounds; round++) {
      String path = "/bench/%dk-%d.bin".formatted(kibibytes, round);
      hold(gyre, holder, path);
      boolean isWarmUp = round == 0;
      add(isWarmUp, peers, holder, reader, () -> fromPeer(reader, path));
      add(isWarmUp, http, plain, plain, () -> Transfer.fetch(plain, path));
      add(isWarmUp, pump, holder, reader, () -> Transfer.pump(reader, kibibytes * 1024L));
    }
    System.out.printf(
        "%-22s %10s %10s %10s %12s%n",
        kibibytes + " KiB", "TTFB ms", "TTLB ms", "MB/s", "CPU s/MB");
    List.of(peers, http, pump).forEach(series -> System.out.println(series.line()));
    System.out.printf(
        "%-22s %.2f (target 0.8)%n%n",
        "share of the channel", peers.megabytesPerSecond() / pump.megabytesPerSecond());
  }

  /** Lets the holder draw it from the origin, and waits until the directory knows. */
  private static void hold(RunningGyre gyre, Visitor holder, String path) {
    double before = announcements(gyre);
    holder.fetch(path);
    Await.until(path + " is announced", PATIENCE, () -> announcements(gyre) > before);
  }

  private static double announcements(RunningGyre gyre) {
    return gyre.metrics(RunningGyre.SIGNALLING)
        .sum("gyre_signalling_received_total", "message=\"announce\"");
  }

  private static Transfer fromPeer(Visitor reader, String path) {
    Traffic before = reader.traffic();
    Transfer transfer = Transfer.fetch(reader, path);
    Optional<Boolean> fromPeers =
        Await.poll(
            PATIENCE,
            () ->
                reader.traffic().peers() >= before.peers() + transfer.bytes()
                    ? Optional.of(true)
                    : Optional.empty());
    if (fromPeers.isEmpty()) {
      System.err.println("gyre load peers: " + path + " did not come from the neighbour alone");
    }
    return transfer;
  }

  private static void add(
      boolean isWarmUp, Series series, Visitor one, Visitor other, Supplier<Transfer> transfer) {
    List<ProcessTree> trees =
        List.of(one, other).stream().distinct().map(Visitor::processes).toList();
    double before = cpuSeconds(trees);
    Transfer done = transfer.get();
    double used = cpuSeconds(trees) - before;
    if (!isWarmUp) {
      series.add(done, used);
    }
  }

  private static double cpuSeconds(List<ProcessTree> trees) {
    return trees.stream().mapToDouble(ProcessTree::cpuSeconds).sum();
  }

  private static void connectPump(Visitor holder, Visitor reader) throws IOException {
    String script = script();
    holder.run(script);
    reader.run(script);
    Object offer = holder.value("pump.offer()").orElseThrow();
    Object answer = reader.value("pump.answer(arguments[0])", offer).orElseThrow();
    holder.run("return pump.accept(arguments[0])", answer);
    Await.until(
        "the bare channel is open",
        PATIENCE,
        () -> reader.value("pump.isOpen()").filter(Boolean.TRUE::equals).isPresent());
  }

  private static String script() throws IOException {
    try (InputStream pump = PeersBenchmark.class.getResourceAsStream("pump.js")) {
      if (pump == null) {
        throw new IOException("pump.js is not in this jar");
      }
      return new String(pump.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
