package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A transfer between two visitors that takes its time, and is left alone by HTTP. */
class OpenTransferIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String LARGE = "/bench/2048k-transfer.bin";

  @TempDir Path folder;
  private final Opened opened = new Opened();
  private DemoSite site;
  private RunningGyre gyre;

  @BeforeEach
  void start() throws IOException {
    site = opened.add(DemoSite.start());
    gyre =
        opened.add(
            RunningGyre.start(
                Setup.of(folder, site.address())
                    .peers("consent", "implied")
                    .peers("hedge-delay", "25s")
                    .peers("upload-rate", "512KiB")));
  }

  @AfterEach
  void stop() {
    opened.close();
  }

  @Test
  void itGoesOnOverItsOpenChannelWhileTheSignallingServerIsDown() {
    byte[] right = gyre.get(LARGE).body();
    Visitor holder = opened.add(Arrival.at(gyre));
    assertArrayEquals(right, holder.fetch(LARGE));
    Await.until("it is stored", SOON, () -> PeerStore.paths(holder).contains(LARGE));
    Await.until(
        "the directory knows",
        SOON,
        () -> Census.of(gyre).visitorHoldings() >= PeerStore.digests(holder).size());
    Visitor reader = opened.add(Arrival.at(gyre));
    Await.until("the two are connected", SOON, () -> reader.connectedPeers() > 0);
    long peersBefore = reader.traffic().peers();
    emptyCache();
    long askedBefore = site.requestsOf(LARGE);
    reader.beginToFetch(LARGE);
    Await.until("it has begun", SOON, () -> reader.traffic().peers() > peersBefore);
    gyre.kill(RunningGyre.SIGNALLING);
    assertTrue(reader.traffic().peers() - peersBefore < right.length, "it was over too early");

    assertArrayEquals(right, reader.fetched());
    Await.until(
        "all of it is counted for the peer",
        SOON,
        () -> reader.traffic().peers() - peersBefore >= right.length);
    assertEquals(askedBefore, site.requestsOf(LARGE), "the origin was asked");
  }

  /** From here on every request to origin-proxy shows at the site. */
  private void emptyCache() {
    URI empty = gyre.admin(RunningGyre.PROXY).resolve("/api/cache/empty");
    HttpRequest request = HttpRequest.newBuilder(empty).POST(BodyPublishers.noBody()).build();
    assertEquals(200, gyre.send(request).statusCode());
  }
}
