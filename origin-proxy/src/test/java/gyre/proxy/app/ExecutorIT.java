package gyre.proxy.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.AppConfig;
import gyre.operations.config.ExecutorConfig;
import gyre.proxy.fetch.AppSource.Outcome;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Patience;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.message.ScriptedBody;
import gyre.proxy.transport.Transport;
import gyre.proxy.upstream.ClientLimits;
import gyre.proxy.upstream.Endpoint;
import gyre.proxy.upstream.HttpClient;
import gyre.proxy.upstream.UpstreamTls;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The executor with real workerd processes. */
class ExecutorIT {
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final String APP =
      """
      const encoder = new TextEncoder();
      export default {
        async fetch(request, env) {
          const url = new URL(request.url);
          switch (url.pathname) {
            case '/loop': for (;;) {}
            case '/wait': await new Promise(r => setTimeout(r, 60000));
            case '/allocate': {
              const kept = [];
              for (;;) { kept.push(new Uint8Array(1 << 22).fill(1)); await new Promise(r => setTimeout(r, 1)); }
            }
            case '/echo': return new Response(request.body);
            case '/big': {
              let left = 200;
              return new Response(new ReadableStream({
                pull(c) { left-- > 0 ? c.enqueue(new Uint8Array(65536).fill(left)) : c.close(); }
              }));
            }
          }
          return new Response(`${request.method} ${request.url} ${env.GREETING} ${await request.text()}`);
        }
      };
      """;

  @TempDir Path folder;
  private final Transport transport = Transport.start();
  private HttpClient client;

  @BeforeEach
  void open() throws IOException {
    client = new HttpClient(transport, UpstreamTls.trustingTheSystem(), ClientLimits.DEFAULT);
  }

  @AfterEach
  void shut() {
    client.close();
    transport.close();
  }

  @Test
  void aHandlerAnswersWithMethodUrlBindingAndBody() throws Exception {
    try (ExecutorSource source = start(APP)) {
      Response response =
          answered(call(source, request("POST", "/a?b=c", Body.of("body".getBytes(UTF_8)))));
      assertEquals(200, response.status());
      assertEquals("POST https://site.example/a?b=c hello ü \"x\" body", text(response));
    }
  }

  @Test
  void aBodyComesBackWhileItIsStillBeingSent() throws Exception {
    try (ExecutorSource source = start(APP)) {
      BlockingQueue<String> pushed = new LinkedBlockingQueue<>(List.of("first"));
      Body body =
          new ScriptedBody(
              () ->
                  Optional.of(pushed.take())
                      .filter(text -> !text.isEmpty())
                      .map(text -> ByteBuffer.wrap(text.getBytes(UTF_8))));
      Response response = answered(call(source, request("POST", "/echo", body)));
      assertEquals("first", piece(response.body()));
      pushed.add("second");
      assertEquals("second", piece(response.body()));
      pushed.add("");
      assertTrue(response.body().next().isEmpty());
      response.body().close();
    }
  }

  @Test
  void aLargeAnswerStreamsWhole() throws Exception {
    try (ExecutorSource source = start(APP)) {
      Response response = answered(call(source, request("GET", "/big", Body.EMPTY)));
      assertEquals(200 * 65_536, bytes(response).length);
    }
  }

  @Test
  void anEndlessLoopIsKilledAtItsDeadlineAndReplaced() throws Exception {
    try (ExecutorSource source = start(APP)) {
      long before = pid(source);
      assertInstanceOf(Outcome.Failed.class, call(source, request("POST", "/loop", Body.EMPTY)));
      await(() -> pidNow(source).orElse(before) != before);
      assertEquals(200, answered(call(source, request("GET", "/", Body.EMPTY))).status());
    }
  }

  @Test
  void aHandlerThatMerelyWaitsCostsOnlyItsOwnRequest() throws Exception {
    try (ExecutorSource source = start(APP)) {
      long before = pid(source);
      assertInstanceOf(Outcome.Failed.class, call(source, request("GET", "/wait", Body.EMPTY)));
      assertEquals(200, answered(call(source, request("GET", "/", Body.EMPTY))).status());
      assertEquals(before, pid(source));
    }
  }

  @Test
  void aKilledProcessIsReplacedAndNoRequestIsSaidToBeUntouchedThatWasHandedOver() throws Exception {
    try (ExecutorSource source = start(APP)) {
      long before = pid(source);
      BlockingQueue<Outcome> outcome = new LinkedBlockingQueue<>();
      Thread.ofVirtual()
          .start(() -> outcome.add(quietly(source, request("POST", "/wait", Body.EMPTY))));
      await(
          () -> source.status().getFirst().requests().failed() == 0 && pidNow(source).isPresent());
      answered(call(source, request("GET", "/", Body.EMPTY)));
      ProcessHandle.of(before).orElseThrow().destroyForcibly();
      assertInstanceOf(Outcome.Failed.class, outcome.poll(10, TimeUnit.SECONDS));
      await(() -> pidNow(source).orElse(before) != before);
      assertEquals(200, answered(call(source, request("GET", "/", Body.EMPTY))).status());
    }
  }

  @Test
  void aProcessThatTakesTooMuchMemoryIsReplaced() throws Exception {
    try (ExecutorSource source = start(APP)) {
      long before = pid(source);
      Outcome outcome =
          call(source, request("GET", "/allocate", Body.EMPTY), Duration.ofSeconds(30));
      assertInstanceOf(Outcome.Failed.class, outcome);
      await(() -> pidNow(source).orElse(before) != before);
    }
  }

  @Test
  void aScriptThatDoesNotParseMakesItsAppUnavailableAndSaysWhy() throws Exception {
    try (ExecutorSource source = start("garbage ((( x")) {
      await(() -> source.status().getFirst().state().startsWith("down"));
      Outcome outcome = call(source, request("GET", "/", Body.EMPTY));
      Outcome.Unavailable unavailable = assertInstanceOf(Outcome.Unavailable.class, outcome);
      assertTrue(unavailable.reason().contains("SyntaxError"), unavailable.reason());
    }
  }

  @Test
  void closingLeavesNoProcessAndNoFile() throws Exception {
    ProcessHandle process;
    try (ExecutorSource source = start(APP)) {
      process = ProcessHandle.of(pid(source)).orElseThrow();
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("executor"))));
    }
    assertTrue(!process.isAlive());
    assertTrue(Files.notExists(folder.resolve("executor")));
  }

  @Test
  void aProxyThatIsKilledLeavesNoProcess() throws Exception {
    Process proxy =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledProxy.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = proxy.inputReader()) {
      String line = output.readLine();
      while (!line.startsWith("pid ")) {
        line = output.readLine();
      }
      ProcessHandle executor = ProcessHandle.of(Long.parseLong(line.substring(4))).orElseThrow();
      assertTrue(executor.isAlive());
      proxy.destroyForcibly();
      executor.onExit().get(10, TimeUnit.SECONDS);
    } finally {
      proxy.destroyForcibly();
    }
  }

  private ExecutorSource start(String script) throws IOException {
    return start(script, folder, client);
  }

  static ExecutorSource start(String script, Path folder, HttpClient client) throws IOException {
    Path file = Files.writeString(folder.resolve("app.js"), script);
    Deployments apps =
        Deployments.read(
            List.of(new AppConfig("search", file, Map.of("GREETING", "hello ü \"x\""))));
    return ExecutorSource.start(
        new ExecutorConfig(Optional.empty(), DEADLINE, 300L << 20),
        folder,
        apps,
        (socket, request, deadline) ->
            client.fetchOnce(
                new Endpoint.Unix(socket),
                request,
                new Patience(Optional.of(deadline), Optional.empty())));
  }

  private static Outcome call(ExecutorSource source, Request request) throws InterruptedException {
    return call(source, request, DEADLINE);
  }

  private static Outcome call(ExecutorSource source, Request request, Duration deadline)
      throws InterruptedException {
    return source.call(source.status().getFirst().app(), request, deadline);
  }

  private static Outcome quietly(ExecutorSource source, Request request) {
    try {
      return call(source, request, Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      return new Outcome.Unavailable("interrupted");
    }
  }

  private static Request request(String method, String target, Body body) {
    return new Request(
        method,
        "https",
        "site.example",
        target,
        Headers.of("accept", "*/*", "connection", "x-secret", "x-secret", "1"),
        body,
        InetAddress.getLoopbackAddress());
  }

  private static Response answered(Outcome outcome) {
    return assertInstanceOf(Outcome.Answered.class, outcome, outcome::toString).response();
  }

  private static String text(Response response) throws IOException {
    return new String(bytes(response), UTF_8);
  }

  private static byte[] bytes(Response response) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Body body = response.body()) {
      for (var piece = body.next(); piece.isPresent(); piece = body.next()) {
        byte[] copy = new byte[piece.get().remaining()];
        piece.get().get(copy);
        all.writeBytes(copy);
      }
    }
    return all.toByteArray();
  }

  private static String piece(Body body) throws IOException {
    return UTF_8.decode(body.next().orElseThrow()).toString();
  }

  private static OptionalLong pidNow(ExecutorSource source) {
    return source.status().getFirst().pid();
  }

  private static long pid(ExecutorSource source) throws InterruptedException {
    await(() -> pidNow(source).isPresent());
    return pidNow(source).getAsLong();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 20 s");
      Thread.sleep(10);
    }
  }
}
