package gyre.proxy.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.proxy.cache.Messages;
import gyre.proxy.fetch.FlowFixture.Got;
import gyre.proxy.message.Body;
import gyre.proxy.message.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AppFlowTest {
  private final FlowFixture proxy = new FlowFixture();
  private final List<String> called = Collections.synchronizedList(new ArrayList<>());

  @Test
  void aWorkerAnswersFirst() throws Exception {
    proxy.workers = source("worker", answered("by worker"));
    proxy.executor = source("executor", answered("by executor"));
    Got got = proxy.get("/api/x", "");
    assertEquals("by worker", got.body());
    assertEquals("Gyre; fwd=miss; detail=worker", got.cacheStatus());
    assertEquals(List.of("worker"), called);
  }

  @Test
  void withoutAWorkerTheExecutorAnswers() throws Exception {
    proxy.workers = source("worker", new AppSource.Outcome.Unavailable("none"));
    proxy.executor = source("executor", answered("by executor"));
    assertEquals("Gyre; fwd=miss; detail=executor", proxy.get("/api/x", "").cacheStatus());
  }

  @Test
  void aReadIsRepeatedAfterAFailure() throws Exception {
    proxy.workers = source("worker", new AppSource.Outcome.Failed("it died"));
    proxy.executor = source("executor", answered("by executor"));
    assertEquals("by executor", proxy.get("/api/x", "").body());
  }

  @Test
  void aPostThatAWorkerMayHaveSeenIsNotRepeated() throws Exception {
    proxy.workers = source("worker", new AppSource.Outcome.Failed("it died"));
    proxy.executor = source("executor", answered("by executor"));
    assertEquals(502, proxy.send(post()).status());
    assertEquals(List.of("worker"), called);
  }

  @Test
  void aPostThatNoWorkerTookGoesToTheExecutor() throws Exception {
    proxy.workers = source("worker", new AppSource.Outcome.Unavailable("none"));
    proxy.executor = source("executor", answered("by executor"));
    assertEquals("by executor", proxy.send(post()).body());
    assertEquals(List.of("worker", "executor"), called);
  }

  @Test
  void withNobodyToRunItTheClientIsToldWhenToComeBack() throws Exception {
    Got got = proxy.get("/api/x", "");
    assertEquals(503, got.status());
    assertEquals("2", got.header("retry-after"));
    assertEquals(503, proxy.send(post()).status());
  }

  private AppSource source(String name, AppSource.Outcome outcome) {
    return (app, request, deadline) -> {
      called.add(name);
      return outcome;
    };
  }

  private static AppSource.Outcome answered(String text) {
    return new AppSource.Outcome.Answered(FlowFixture.ok("content-type: text/plain", text));
  }

  private static Request post() {
    Request request = Messages.request("POST", "/api/x", "");
    return new Request(
        "POST",
        request.scheme(),
        request.authority(),
        request.target(),
        request.headers(),
        Body.of("x".getBytes(StandardCharsets.UTF_8)),
        request.client());
  }
}
