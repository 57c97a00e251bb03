package gyre.proxy.swarm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gyre.operations.config.IceConfig;
import gyre.proxy.channel.link.ChannelSupervisor;
import gyre.proxy.channel.link.ChildLimits;
import gyre.proxy.fetch.AppSource;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.wire.AppId;
import gyre.wire.manifest.Manifest;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two proxies and a worker over a real signalling server and real channel children. */
@Timeout(120)
class SwarmIT {
  private static final AppId APP = new AppId("search", TestSwarm.chunks(new byte[] {1}).digest());

  @TempDir Path folder;
  private final ChannelSupervisor near = child();
  private final ChannelSupervisor far = child();
  private TestSwarm swarm;

  @BeforeAll
  static void routeToLoopback() throws Exception {
    assertEquals(
        0,
        new ProcessBuilder("ip", "route", "replace", "default", "dev", "lo", "src", "127.0.0.1")
            .inheritIO()
            .start()
            .waitFor());
  }

  private static ChannelSupervisor child() {
    return new ChannelSupervisor(
        new IceConfig(List.of(), IceConfig.Loopback.AUTO),
        ChildLimits.DEFAULT,
        InstantSource.system());
  }

  @BeforeEach
  void open() {
    near.start();
    far.start();
    TestSwarm.await("the children", () -> near.pid().isPresent() && far.pid().isPresent());
    swarm = new TestSwarm(folder);
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
    near.close();
    far.close();
  }

  @Test
  void aProxyLendsToAnotherAlsoAfterItsChildWasKilled() throws Exception {
    byte[] content = TestSwarm.content(7_000_000, 1);
    swarm.proxy(far, Set.of()).hold(content);
    TestSwarm.Proxy reader = swarm.proxy(near, Set.of());
    Manifest manifest = SwarmTest.sign(reader, content);
    assertArrayEquals(content, SwarmTest.read(SwarmTest.found(reader, manifest)));
    long pid = near.pid().orElseThrow();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    assertArrayEquals(content, SwarmTest.read(SwarmTest.found(reader, manifest)));
  }

  @Test
  void aWorkerAnswersAndIsWarmAgainSoonAfterTheChildWasKilled() throws Exception {
    swarm.worker(swarm.workerNode, far, APP, TestSwarm::echo);
    TestSwarm.Proxy proxy = swarm.proxy(near, Set.of(APP));
    TestSwarm.await("a warm worker", () -> proxy.swarm.workersReady(APP) == 1);
    assertInstanceOf(AppSource.Outcome.Answered.class, call(proxy));
    ProcessHandle.of(near.pid().orElseThrow()).orElseThrow().destroyForcibly();
    TestSwarm.await("the loss is noticed", () -> proxy.swarm.workersReady(APP) == 0);
    assertInstanceOf(AppSource.Outcome.Unavailable.class, call(proxy));
    TestSwarm.await("the worker again", () -> proxy.swarm.workersReady(APP) == 1);
    assertInstanceOf(AppSource.Outcome.Answered.class, call(proxy));
  }

  private static AppSource.Outcome call(TestSwarm.Proxy proxy) throws InterruptedException {
    Request request =
        new Request(
            "GET",
            "https",
            "example.com",
            "/api/search?q=a",
            Headers.EMPTY,
            Body.EMPTY,
            InetAddress.getLoopbackAddress());
    AppSource.Outcome outcome = proxy.swarm.workers().call(APP, request, Duration.ofSeconds(5));
    if (outcome instanceof AppSource.Outcome.Answered answered) {
      answered.response().body().close();
    }
    return outcome;
  }
}
