package gyre.proxy.swarm;

import static gyre.proxy.swarm.TestSwarm.SITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gyre.proxy.fetch.AppSource;
import gyre.proxy.fetch.PeerSource;
import gyre.proxy.fetch.Publication.Representation;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.ScriptedBody;
import gyre.wire.AppId;
import gyre.wire.ClientMessage;
import gyre.wire.PeerId;
import gyre.wire.Runners;
import gyre.wire.manifest.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Proxies and workers over a real signalling server, with channels in memory. */
@Timeout(60)
class SwarmTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final AppId APP = new AppId("search", TestSwarm.chunks(new byte[] {1}).digest());

  @TempDir Path folder;
  private final MemoryChannels channels = new MemoryChannels();
  private TestSwarm swarm;

  @BeforeEach
  void open() {
    swarm = new TestSwarm(folder);
  }

  @AfterEach
  void close() throws Exception {
    swarm.close();
    channels.close();
  }

  static Manifest sign(TestSwarm.Proxy proxy, byte[] content) {
    return proxy
        .publications
        .sign(
            SITE,
            new Representation(
                "//example.com/" + content.length,
                200,
                List.of(),
                TestSwarm.chunks(content),
                Instant.now().plusSeconds(600)))
        .orElseThrow()
        .manifest();
  }

  static byte[] read(Body body) throws IOException {
    try (body) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Optional<ByteBuffer> piece = body.next();
      while (piece.isPresent()) {
        byte[] copy = new byte[piece.get().remaining()];
        piece.get().get(copy);
        bytes.writeBytes(copy);
        piece = body.next();
      }
      return bytes.toByteArray();
    }
  }

  /** Asks again until the directory knows the providers. */
  static Body found(TestSwarm.Proxy proxy, Manifest manifest) throws InterruptedException {
    Instant deadline = Instant.now().plusSeconds(20);
    PeerSource.Outcome outcome = proxy.swarm.peers().fetch(manifest, PATIENCE);
    while (outcome instanceof PeerSource.Outcome.NotFound && Instant.now().isBefore(deadline)) {
      outcome = proxy.swarm.peers().fetch(manifest, PATIENCE);
    }
    return assertInstanceOf(PeerSource.Outcome.Found.class, outcome).body();
  }

  private static Request request(String method, Body body) {
    return new Request(
        method,
        "https",
        "example.com",
        "/api/search?q=a",
        Headers.EMPTY,
        body,
        InetAddress.getLoopbackAddress());
  }

  @Test
  void aRepresentationComesFromSeveralProxiesAtOnce() throws Exception {
    byte[] content = TestSwarm.content(7_000_000, 1);
    for (int i = 0; i < 3; i++) {
      swarm.proxy(channels, Set.of()).hold(content);
    }
    TestSwarm.Proxy reader = swarm.proxy(channels, Set.of());
    assertArrayEquals(content, read(found(reader, sign(reader, content))));
  }

  @Test
  void theChunkListOfALargeRepresentationIsAskedOfPeersToo() throws Exception {
    byte[] content = TestSwarm.content(5_000_000, 2);
    TestSwarm.Proxy holder = swarm.proxy(channels, Set.of());
    holder.hold(content);
    Manifest manifest = sign(holder, content);
    TestSwarm.Proxy reader = swarm.proxy(channels, Set.of());
    assertArrayEquals(content, read(found(reader, manifest)));
  }

  @Test
  void aLiarsChunksAreFetchedElsewhereAndItIsNotAskedAgain() throws Exception {
    byte[] content = TestSwarm.content(2_000_000, 3);
    TestSwarm.Proxy honest = swarm.proxy(channels, Set.of());
    TestSwarm.Proxy liar = swarm.proxy(channels, Set.of());
    liar.lying = true;
    TestSwarm.Proxy reader = swarm.proxy(channels, Set.of());
    Manifest manifest = sign(reader, content);
    honest.hold(content);
    liar.hold(content);
    assertArrayEquals(content, read(found(reader, manifest)));
    assertArrayEquals(content, read(found(reader, manifest)));
  }

  @Test
  void whereOnlyLiarsHoldItNobodyDoes() throws Exception {
    byte[] content = TestSwarm.content(200_000, 4);
    TestSwarm.Proxy liar = swarm.proxy(channels, Set.of());
    liar.lying = true;
    liar.hold(content);
    TestSwarm.Proxy reader = swarm.proxy(channels, Set.of());
    Manifest manifest = sign(reader, content);
    TestSwarm.await(
        "the liar is found out",
        () -> {
          String reason = reason(reader, manifest);
          return !reason.contains("nobody holds");
        });
    assertEquals("nobody holds " + manifest.digest(), reason(reader, manifest));
  }

  private static String reason(TestSwarm.Proxy reader, Manifest manifest) {
    try {
      return assertInstanceOf(
              PeerSource.Outcome.NotFound.class, reader.swarm.peers().fetch(manifest, PATIENCE))
          .reason();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aWorkerAnswersForItsApp() throws Exception {
    swarm.worker(swarm.workerNode, channels, APP, TestSwarm::echo);
    TestSwarm.Proxy proxy = swarm.proxy(channels, Set.of(APP));
    TestSwarm.await("a warm worker", () -> proxy.swarm.workersReady(APP) == 1);
    AppSource.Outcome outcome =
        proxy.swarm.workers().call(APP, request("GET", Body.EMPTY), PATIENCE);
    AppSource.Outcome.Answered answered =
        assertInstanceOf(AppSource.Outcome.Answered.class, outcome);
    assertEquals(201, answered.response().status());
    assertEquals(
        "GET https://example.com/api/search?q=a",
        new String(read(answered.response().body()), StandardCharsets.UTF_8));
  }

  @Test
  void aWorkerThatComesLaterIsUsedToo() throws Exception {
    TestSwarm.Proxy proxy = swarm.proxy(channels, Set.of(APP));
    assertInstanceOf(
        AppSource.Outcome.Unavailable.class,
        proxy.swarm.workers().call(APP, request("GET", Body.EMPTY), PATIENCE));
    swarm.worker(swarm.workerNode, channels, APP, TestSwarm::echo);
    TestSwarm.await("a warm worker", () -> proxy.swarm.workersReady(APP) == 1);
  }

  @Test
  void aWorkerThatIsNoLongerListedServesOnItsOpenChannelWhileNobodyElseDoes() throws Exception {
    SiteSwarm worker = swarm.worker(swarm.workerNode, channels, APP, TestSwarm::echo);
    TestSwarm.Proxy watching = swarm.proxy(channels, Set.of(APP));
    TestSwarm.await("a warm worker", () -> watching.swarm.workersReady(APP) == 1);
    worker.tell(new ClientMessage.Announce(List.of(), List.of(), List.of(), List.of(APP)));
    TestSwarm.Proxy newcomer = swarm.proxy(channels, Set.of(APP));
    assertInstanceOf(
        AppSource.Outcome.Answered.class,
        watching.swarm.workers().call(APP, request("GET", Body.EMPTY), PATIENCE));
    assertEquals(0, newcomer.swarm.workersReady(APP));
  }

  @Test
  void aWorkerThatIsNoLongerListedAndSilentIsGivenNothing() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    SiteSwarm worker =
        swarm.worker(
            swarm.workerNode,
            channels,
            APP,
            (exchange, request) -> {
              asked.countDown();
              Thread.currentThread().join();
            });
    TestSwarm.Proxy proxy = swarm.proxy(channels, Set.of(APP));
    TestSwarm.await("a warm worker", () -> proxy.swarm.workersReady(APP) == 1);
    CompletableFuture<AppSource.Outcome> begun = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> begun.complete(post(proxy, Duration.ofMinutes(1))));
    asked.await();
    worker.tell(new ClientMessage.Announce(List.of(), List.of(), List.of(), List.of(APP)));
    assertInstanceOf(AppSource.Outcome.Failed.class, begun.get(20, TimeUnit.SECONDS));
    assertInstanceOf(AppSource.Outcome.Unavailable.class, post(proxy, PATIENCE));
  }

  @Test
  void anOpenChannelToWhoeverProvedToBeNoWorkerIsNeverAskedForAnApp() throws Exception {
    SiteSwarm asking = swarm.bareProxy(channels);
    PeerId other = swarm.bareProxy(channels).self().orElseThrow();
    asking.peers().connect(other, Optional.empty()).get(20, TimeUnit.SECONDS);
    Workers workers = new Workers(Set.of(APP));
    workers.changed(asking, List.of(new Runners(APP, List.of(other))));
    assertEquals(0, workers.ready(APP));
    assertInstanceOf(
        AppSource.Outcome.Unavailable.class,
        workers.call(APP, request("GET", Body.EMPTY), PATIENCE));
  }

  private static AppSource.Outcome post(TestSwarm.Proxy proxy, Duration patience) {
    try {
      return proxy.swarm.workers().call(APP, request("POST", Body.of(new byte[10])), patience);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aWorkerWhoseKeyIsNotTrustedIsNeverAsked() throws Exception {
    swarm.worker(swarm.stranger, channels, APP, TestSwarm::echo);
    TestSwarm.Proxy proxy = swarm.proxy(channels, Set.of(APP));
    swarm.worker(swarm.workerNode, channels, APP, TestSwarm::echo);
    TestSwarm.await("the trusted worker", () -> proxy.swarm.workersReady(APP) >= 1);
    assertEquals(1, proxy.swarm.workersReady(APP));
  }

  @Test
  void aWorkerThatDoesNotAnswerInTimeHasFailedNotRefused() throws Exception {
    swarm.worker(
        swarm.workerNode, channels, APP, (exchange, request) -> Thread.currentThread().join());
    TestSwarm.Proxy proxy = swarm.proxy(channels, Set.of(APP));
    TestSwarm.await("a warm worker", () -> proxy.swarm.workersReady(APP) == 1);
    AppSource.Outcome outcome =
        proxy
            .swarm
            .workers()
            .call(APP, request("POST", Body.of(new byte[10])), Duration.ofMillis(200));
    assertInstanceOf(AppSource.Outcome.Failed.class, outcome);
  }

  @Test
  void anAnswerThatBreaksOffFailsItsBody() throws Exception {
    swarm.worker(
        swarm.workerNode,
        channels,
        APP,
        (exchange, request) -> {
          exchange.respond(200, List.of());
          exchange.write(ByteBuffer.allocate(10), Deadline.in(PATIENCE));
          throw new PeerException("the handler threw");
        });
    TestSwarm.Proxy proxy = swarm.proxy(channels, Set.of(APP));
    TestSwarm.await("a warm worker", () -> proxy.swarm.workersReady(APP) == 1);
    AppSource.Outcome outcome =
        proxy.swarm.workers().call(APP, request("GET", Body.EMPTY), PATIENCE);
    Body body =
        switch (outcome) {
          case AppSource.Outcome.Answered answered -> answered.response().body();
          case AppSource.Outcome.Failed _ -> failing();
          case AppSource.Outcome.Unavailable unavailable ->
              throw new AssertionError(unavailable.reason());
        };
    assertThrows(IOException.class, () -> read(body));
  }

  /** The cancel overtook the head: that is a failure as well. */
  private static Body failing() {
    return new ScriptedBody(
        () -> {
          throw new IOException("failed before its head");
        });
  }

  @Test
  void withoutAChannelChildNothingIsFoundAndNothingHangs() throws Exception {
    byte[] content = TestSwarm.content(200_000, 5);
    swarm.worker(swarm.workerNode, channels, APP, TestSwarm::echo);
    TestSwarm.Proxy holder = swarm.proxy(channels, Set.of());
    holder.hold(content);
    TestSwarm.Proxy reader = swarm.proxy(channels, Set.of(APP));
    TestSwarm.await("a warm worker", () -> reader.swarm.workersReady(APP) == 1);
    Manifest manifest = sign(reader, content);
    channels.goAway();
    assertInstanceOf(
        PeerSource.Outcome.NotFound.class, reader.swarm.peers().fetch(manifest, PATIENCE));
    assertInstanceOf(
        AppSource.Outcome.Unavailable.class,
        reader.swarm.workers().call(APP, request("POST", Body.EMPTY), PATIENCE));
    channels.comeBack();
    assertArrayEquals(content, read(found(reader, manifest)));
    TestSwarm.await("the worker again", () -> reader.swarm.workersReady(APP) == 1);
  }

  @Test
  void aLostSignallingServerStopsNoOpenChannelAndEveryoneComesBack() throws Exception {
    byte[] content = TestSwarm.content(200_000, 6);
    swarm.worker(swarm.workerNode, channels, APP, TestSwarm::echo);
    TestSwarm.Proxy holder = swarm.proxy(channels, Set.of());
    holder.hold(content);
    TestSwarm.Proxy reader = swarm.proxy(channels, Set.of(APP));
    TestSwarm.await("a warm worker", () -> reader.swarm.workersReady(APP) == 1);
    swarm.stopServer();
    TestSwarm.await("the loss is noticed", () -> !reader.swarm.isJoined(SITE));
    assertInstanceOf(
        AppSource.Outcome.Answered.class,
        reader.swarm.workers().call(APP, request("GET", Body.EMPTY), PATIENCE));
    swarm.restartServer();
    TestSwarm.await("everyone is back", () -> reader.swarm.isJoined(SITE));
    assertArrayEquals(content, read(found(reader, sign(reader, content))));
  }
}
