package gyre.load.benchmark;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.ProcessTree;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.visitor.Traffic;
import gyre.load.visitor.Visitor;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Three visitors of one Gyre: one that holds files, one that reads them from it, both also joined
 * by a bare data channel, and one with Gyre turned off. Used by one thread.
 */
record Neighbourhood(RunningGyre gyre, Visitor holder, Visitor reader, Visitor plain) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PAGE = "/film.html";

  /** What would hide the channel's own speed is configured away: the caps, and HTTP's help. */
  static Setup setup(Path folder, URI site) {
    return Setup.of(folder, site)
        .peers("consent", "implied")
        .peers("hedge-delay", "10s")
        .peers("min-visitors", "1")
        .peers("upload-rate", "1GiB")
        .peers("upload-volume", "100GiB");
  }

  /** Opens a page in each, and waits until the two know each other. */
  void settle() throws IOException {
    plain.open(PAGE);
    plain.value("gyre.off()");
    plain.open(PAGE);
    for (Visitor visitor : List.of(holder, reader)) {
      visitor.open(PAGE);
      Await.until(
          "a visitor is registered and controlled",
          PATIENCE,
          () -> visitor.peerId().isPresent() && visitor.isControlled());
    }
    Await.until("the two are connected", PATIENCE, () -> reader.connectedPeers() > 0);
    connectPump();
  }

  /**
   * Lets the holder fetch it through its data worker, which stores what it fetches, and waits until
   * the directory knows. For that the manifest has to be there before: origin-proxy is asked first.
   */
  void hold(String path) {
    int before = Census.of(gyre).manifests();
    gyre.get(path);
    Await.until(
        path + " is signed and published", PATIENCE, () -> Census.of(gyre).manifests() > before);
    awaitHolding(path, () -> Transfer.fetch(holder, path));
  }

  /** A StartFailure where others than the neighbour had to help. */
  Sample fromPeer(String path) {
    Traffic before = reader.traffic();
    Sample sample =
        measured(
            List.of(holder.processes(), reader.processes()),
            () -> awaitHolding(path, () -> Transfer.fetch(reader, path)));
    long bytes = reader.traffic().peers() - before.peers();
    if (bytes != sample.transfer().bytes()) {
      throw new StartFailure(
          "%s: %d of %d bytes came from the neighbour"
              .formatted(path, bytes, sample.transfer().bytes()));
    }
    return sample;
  }

  Sample overHttp(String path) {
    return measured(
        List.of(plain.processes(), gyre.server(RunningGyre.PROXY).processes()),
        () -> Transfer.fetch(plain, path));
  }

  Sample bare(long bytes) {
    return measured(
        List.of(holder.processes(), reader.processes()), () -> Transfer.pump(reader, bytes));
  }

  private static Sample measured(List<ProcessTree> ends, Supplier<Transfer> transfer) {
    double before = cpuSeconds(ends);
    Transfer done = transfer.get();
    return new Sample(done, cpuSeconds(ends) - before);
  }

  private static double cpuSeconds(List<ProcessTree> ends) {
    return ends.stream().mapToDouble(ProcessTree::cpuSeconds).sum();
  }

  private Transfer awaitHolding(String path, Supplier<Transfer> fetch) {
    int before = Census.of(gyre).visitorHoldings();
    Transfer transfer = fetch.get();
    Await.until(
        path + " is stored and announced",
        PATIENCE,
        () -> Census.of(gyre).visitorHoldings() > before);
    return transfer;
  }

  private void connectPump() throws IOException {
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
    try (InputStream pump = Neighbourhood.class.getResourceAsStream("pump.js")) {
      if (pump == null) {
        throw new IOException("pump.js is not in this jar");
      }
      return new String(pump.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
