package gyre.load.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Await;
import gyre.load.process.ProcessTree;
import gyre.load.process.RunningGyre;
import gyre.load.process.Setup;
import gyre.load.site.SearchApp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apps while those who run them are killed: a worker's tab, its node, the origin's executor. */
class AppFailoverIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Of one app request, as gyre.yaml sets it here. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /**
   * The executor is asked a second after the worker at the latest; the rest is a busy machine's.
   */
  private static final Duration HEDGE = Duration.ofSeconds(3);

  private static final String SEARCH = "/api/search?q=river";

  @TempDir static Path folder;
  private static RunningGyre gyre;
  private static ProbeApp probe;

  @BeforeAll
  static void start() throws IOException {
    Setup setup =
        Setup.of(folder, URI.create("http://127.0.0.1:1"))
            .app("search", SearchApp.writeInto(folder), "/api/search*")
            .line("executor: { deadline: %ds }".formatted(DEADLINE.toSeconds()));
    gyre = RunningGyre.start(ProbeApp.deployedBy(setup));
    probe = new ProbeApp(gyre);
    gyre.start(RunningGyre.WORKER);
  }

  @AfterAll
  static void stop() {
    probe.close();
    gyre.close();
  }

  @BeforeEach
  void everybodyIsThere() {
    if (!gyre.server(RunningGyre.WORKER).isAlive()) {
      gyre.start(RunningGyre.WORKER);
    }
    Await.until("the executors run", SOON, () -> executors().size() == 2);
    awaitAnswerOf(Source.WORKER, SEARCH);
    awaitAnswerOf(Source.WORKER, "/api/probe?id=none");
  }

  @Test
  void theExecutorAnswersTheNextRequestAfterAWorkersTabIsKilled() {
    String byWorker = textOf(gyre.get(SEARCH));
    killTabs();
    assertEquals(byWorker, textOf(answerWithinDeadline(Source.EXECUTOR)));
    awaitAnswerOf(Source.WORKER, SEARCH);
  }

  @Test
  void theExecutorAnswersTheNextRequestAfterTheWorkerNodeIsKilled() {
    String byWorker = textOf(gyre.get(SEARCH));
    killNode();
    assertEquals(byWorker, textOf(answerWithinDeadline(Source.EXECUTOR)));
  }

  @Test
  void withoutWorkerAndExecutorItIsA503ThatSaysWhenToRetryAndPassesByItself() {
    killNode();
    HttpResponse<byte[]> answer =
        Await.poll(
                SOON,
                () -> {
                  executors().forEach(ProcessHandle::destroyForcibly);
                  return Optional.of(gyre.get(SEARCH)).filter(a -> a.statusCode() != 200);
                })
            .orElseThrow(() -> new AssertionError("executors that die do no harm"));
    assertEquals(503, answer.statusCode());
    assertTrue(
        answer.headers().firstValueAsLong("retry-after").orElse(0) > 0,
        () -> answer.headers().map().toString());
    assertTrue(textOf(answer).contains("search"), () -> textOf(answer));
    awaitAnswerOf(Source.EXECUTOR, SEARCH);
  }

  @Test
  void anExecutorThatHangsIsA503WithinTheDeadlineAndIsReplaced() {
    killNode();
    awaitAnswerOf(Source.EXECUTOR, SEARCH);
    List<ProcessHandle> hanging = executors();
    hanging.forEach(process -> signal("STOP", process));
    long began = System.nanoTime();
    HttpResponse<byte[]> answer = gyre.get(SEARCH);
    assertWithinDeadline(began);
    assertEquals(503, answer.statusCode());
    awaitAnswerOf(Source.EXECUTOR, SEARCH);
    Await.until(
        "the hanging ones are gone",
        SOON,
        () -> hanging.stream().noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void aPostIsExecutedOnceByWhoeverIsThere() {
    assertEquals("did once-by-worker", probe.post("once-by-worker").body());
    assertEquals(1, probe.executionsByWorkers("once-by-worker"));
    assertEquals(0, probe.executionsByExecutor("once-by-worker"));

    killNode();
    awaitAnswerOf(Source.EXECUTOR, "/api/probe?id=none");
    Await.until("the worker is not asked any more", SOON, () -> isByExecutorAlone("early"));
    assertEquals("did once-by-executor", probe.post("once-by-executor").body());
    Await.until(
        "the executor's count is in the log",
        SOON,
        () -> probe.executionsByExecutor("once-by-executor") == 1);
  }

  @Test
  void aPostWhoseWorkerTabIsKilledIsAnErrorAndIsExecutedByNobodyElse() throws Exception {
    CompletableFuture<HttpResponse<String>> answer = probe.postThatHangs("in-tab");
    Await.until("the tab executes it", SOON, () -> probe.executionsByWorkers("in-tab") == 1);
    URI kill = gyre.admin(RunningGyre.WORKER).resolve("/api/tabs/kill?app=probe");
    gyre.send(HttpRequest.newBuilder(kill).POST(BodyPublishers.noBody()).build());
    HttpResponse<String> failed = answer.get();
    assertEquals(502, failed.statusCode(), failed::body);
    assertEquals(0, probe.executionsByExecutor("in-tab"));
    awaitAnswerOf(Source.WORKER, "/api/probe?id=none");
    assertEquals(1, probe.executionsByWorkers("in-tab"));
    assertEquals(0, probe.executionsByExecutor("in-tab"));
  }

  @Test
  void aPostWhoseWorkerNodeIsKilledIsAnErrorAndIsExecutedByNobodyElse() throws Exception {
    CompletableFuture<HttpResponse<String>> answer = probe.postThatHangs("in-node");
    Await.until("the tab executes it", SOON, () -> probe.executionsByWorkers("in-node") == 1);
    killNode();
    assertEquals(502, answer.get().statusCode(), () -> answer.join().body());
    assertEquals(0, probe.executionsByExecutor("in-node"));
  }

  @Test
  void aPostRightAfterTheTabsAreKilledIsExecutedByTheExecutorOrNobody() {
    killTabs();
    HttpResponse<String> answer = probe.post("right-after");
    awaitAnswerOf(Source.WORKER, "/api/probe?id=none");
    int executions = probe.executionsByExecutor("right-after");
    switch (answer.statusCode()) {
      case 200 -> assertEquals(1, executions);
      case 502 -> assertEquals(0, executions);
      default -> throw new AssertionError(answer + " " + answer.body());
    }
  }

  @Test
  void aPostWhoseExecutorIsKilledIsAnErrorAndIsNotExecutedAgain() throws Exception {
    killNode();
    Await.until("the worker is not asked any more", SOON, () -> isByExecutorAlone("first"));
    CompletableFuture<HttpResponse<String>> answer = probe.postThatHangs("in-executor");
    Await.until(
        "the executor executes it", SOON, () -> probe.executionsByExecutor("in-executor") == 1);
    executors().forEach(ProcessHandle::destroyForcibly);
    assertEquals(502, answer.get().statusCode(), () -> answer.join().body());
    Await.until("it is replaced", SOON, () -> isByExecutorAlone("after"));
    assertEquals(1, probe.executionsByExecutor("in-executor"));
  }

  @Test
  void workersGoOnAnsweringWhileTheSignallingServerIsDown() {
    gyre.kill(RunningGyre.SIGNALLING);
    try {
      assertEquals(Source.WORKER, Source.of(gyre.get(SEARCH)));
      assertEquals(Source.WORKER, Source.of(probe.post("without-signalling")));
    } finally {
      gyre.start(RunningGyre.SIGNALLING);
    }
    Await.until("the worker node is back", SOON, AppFailoverIT::isWorkerNodeReady);
    assertEquals(1, probe.executionsByWorkers("without-signalling"));
  }

  @Test
  void aKilledChannelChildFailsNoRequest() {
    List<ProcessHandle> children =
        ProcessTree.with("ChannelChild", gyre.server(RunningGyre.PROXY).descendants());
    assertEquals(1, children.size());
    children.forEach(ProcessHandle::destroyForcibly);
    for (int i = 0; i < 10; i++) {
      HttpResponse<byte[]> answer = gyre.get(SEARCH);
      assertEquals(200, answer.statusCode(), () -> textOf(answer));
    }
    assertEquals(200, probe.post("without-channels").statusCode());
    awaitAnswerOf(Source.WORKER, SEARCH);
  }

  private static boolean isWorkerNodeReady() {
    return gyre.get(gyre.admin(RunningGyre.WORKER).resolve("/readyz")).statusCode() == 200;
  }

  /** A POST is no read: a worker that might be there would be asked alone. */
  private static boolean isByExecutorAlone(String id) {
    return Source.of(probe.post(id)).equals(Source.EXECUTOR);
  }

  private static HttpResponse<byte[]> answerWithinDeadline(String source) {
    long began = System.nanoTime();
    HttpResponse<byte[]> answer = gyre.get(SEARCH);
    assertWithinDeadline(began);
    assertEquals(200, answer.statusCode(), () -> textOf(answer));
    assertEquals(source, Source.of(answer));
    return answer;
  }

  private static void assertWithinDeadline(long began) {
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    assertTrue(took.compareTo(DEADLINE.plus(HEDGE)) < 0, () -> "took " + took.toMillis() + " ms");
  }

  private static void awaitAnswerOf(String source, String path) {
    Await.until(
        path + " is answered by " + source,
        SOON,
        () -> {
          HttpResponse<byte[]> answer = gyre.get(path);
          return answer.statusCode() == 200 && Source.of(answer).equals(source);
        });
  }

  private static String textOf(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /** The renderer processes of the worker node's browser, and waits until they are gone. */
  private static void killTabs() {
    List<ProcessHandle> renderers =
        ProcessTree.with("--type=renderer", gyre.server(RunningGyre.WORKER).descendants());
    assertTrue(!renderers.isEmpty(), "no tab was there: the test shows nothing");
    renderers.forEach(ProcessHandle::destroyForcibly);
    Await.until("they are gone", SOON, () -> renderers.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** SIGKILL for the node; its browser dies of it a moment later, and answers until then. */
  private static void killNode() {
    List<ProcessHandle> below = gyre.server(RunningGyre.WORKER).descendants();
    gyre.kill(RunningGyre.WORKER);
    Await.until(
        "its browser is gone", SOON, () -> below.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static List<ProcessHandle> executors() {
    return gyre.server(RunningGyre.PROXY).descendants().stream()
        .filter(process -> process.info().command().orElse("").endsWith("/workerd"))
        .toList();
  }

  private static void signal(String name, ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
