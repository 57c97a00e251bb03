package gyre.load.benchmark;

import gyre.load.process.GentleEnd;
import gyre.load.process.RunningGyre;
import gyre.load.process.ScratchFolder;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code gyre load peers}: a file from a warm neighbour, the same bytes over HTTP, and over a bare
 * data channel between the same two browsers, turn by turn.
 */
@Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description = "Browser to browser, beside HTTP and beside a bare data channel.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ./gyre load peers",
      "  ./gyre load peers --rounds 21 --sizes 256,1024,10240",
    })
public final class PeersBenchmark implements Callable<Integer> {
  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "9",
      description = "rounds, of which the median counts (default ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--sizes",
      paramLabel = "KIB",
      split = ",",
      defaultValue = "256,10240",
      description = "sizes of the file in KiB (default ${DEFAULT-VALUE})")
  private List<Integer> sizes = new ArrayList<>();

  private final Progress progress = new Progress();

  @Override
  public Integer call() throws Exception {
    Options.atLeastOne("--rounds", rounds);
    sizes.forEach(value -> Options.atLeastOne("--sizes", value));
    return GentleEnd.of(this::run);
  }

  private int run() throws IOException {
    progress.say("starting signalling-server, origin-proxy and three browsers");
    try (ScratchFolder folder = ScratchFolder.create("gyre-load-peers");
        DemoSite site = DemoSite.start();
        RunningGyre gyre = RunningGyre.start(Neighbourhood.setup(folder.path(), site.address()));
        Visitor holder = Visitor.arriveAt(gyre.address());
        Visitor reader = Visitor.arriveAt(gyre.address());
        Visitor plain = Visitor.arriveAt(gyre.address())) {
      Neighbourhood neighbourhood = new Neighbourhood(gyre, holder, reader, plain);
      neighbourhood.settle();
      System.out.printf(
          "A file from a neighbour that holds it, to a page's fetch(), over loopback; from"
              + " origin-proxy's memory over HTTP;%nand the same number of bytes over a bare data"
              + " channel between the same two browsers (64 KiB messages).%nMedian of %d rounds,"
              + " turn by turn. CPU: user and system time of both ends, until the reader has stored"
              + " the file%nand announced it. Upload cap and hedge are configured away: only the"
              + " neighbour can answer.%n",
          rounds);
      for (int size : sizes) {
        measure(neighbourhood, size);
      }
    }
    return 0;
  }

  private void measure(Neighbourhood neighbourhood, int kibibytes) {
    Series peer = new Series("gyre, warm neighbour");
    Series http = new Series("http, cached");
    Series pump = new Series("bare data channel");
    for (int round = 0; round <= rounds; round++) {
      boolean isWarmUp = round == 0;
      progress.say(
          "%d KiB, %s".formatted(kibibytes, isWarmUp ? "warm-up" : round + " of " + rounds));
      String path = "/bench/%dk-%d.bin".formatted(kibibytes, round);
      neighbourhood.hold(path);
      Sample fromPeer = neighbourhood.fromPeer(path);
      Sample overHttp = neighbourhood.overHttp(path);
      Sample bare = neighbourhood.bare(kibibytes * 1024L);
      if (!isWarmUp) {
        peer.add(fromPeer.transfer(), fromPeer.cpuSeconds());
        http.add(overHttp.transfer(), overHttp.cpuSeconds());
        pump.add(bare.transfer(), bare.cpuSeconds());
      }
    }
    System.out.println();
    System.out.println(Series.head(kibibytes + " KiB"));
    List.of(peer, http, pump).forEach(series -> System.out.println(series.line()));
    System.out.printf(
        "%-22s %.2f of the bare channel's MB/s (target 0.8)%n",
        "gyre", peer.megabytesPerSecond() / pump.megabytesPerSecond());
  }
}
