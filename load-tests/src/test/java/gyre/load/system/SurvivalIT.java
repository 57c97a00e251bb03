package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.Census;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.DemoSite;
import gyre.load.visitor.Visitor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurvivalIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String PICTURE = "/odd/public.png";
  private static final String ANOTHER = "/odd/other.png";

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
                    .peers("hedge-delay", "3s")
                    .peers("element-delay", "3s")));
  }

  @AfterEach
  void stop() {
    opened.close();
  }

  private Visitor arrive() {
    return Arrival.at(gyre);
  }

  @Test
  void visitorsOutliveTheSignallingServerAndRegisterAgainByThemselves() {
    byte[] right = gyre.get(PICTURE).body();
    try (Visitor first = arrive();
        Visitor second = arrive()) {
      assertArrayEquals(right, first.fetch(PICTURE));
      Await.until("the two are connected", SOON, () -> second.connectedPeers() > 0);
      assertArrayEquals(right, second.fetch(PICTURE));
      gyre.kill(RunningGyre.SIGNALLING);

      assertTrue(second.connectedPeers() > 0, "the open channel went with the server");
      second.follow("/rivers.html");
      assertArrayEquals(gyre.get(ANOTHER).body(), second.fetch(ANOTHER));

      gyre.start(RunningGyre.SIGNALLING);
      Await.until(
          "both are registered again",
          Duration.ofSeconds(60),
          () -> Census.of(gyre).visitors() == 2);
    }
  }

  @Test
  void aKilledChannelChildIsReplacedAndNoRequestFails() {
    Await.until("the channel child runs", SOON, () -> channelChildren().size() == 1);
    ProcessHandle child = channelChildren().getFirst();
    child.destroyForcibly();
    for (int i = 0; i < 20; i++) {
      assertEquals(200, gyre.get("/odd/public.png?" + i).statusCode());
    }
    Await.until(
        "another child runs",
        SOON,
        () -> !channelChildren().isEmpty() && channelChildren().getFirst().pid() != child.pid());
    assertFalse(child.isAlive());
  }

  private List<ProcessHandle> channelChildren() {
    return gyre.server(RunningGyre.PROXY).descendants().stream()
        .filter(
            child ->
                child
                    .info()
                    .commandLine()
                    .filter(line -> line.contains("ChannelChild"))
                    .isPresent())
        .toList();
  }
}
