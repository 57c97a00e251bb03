package gyre.proxy.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import gyre.proxy.cache.Messages;
import gyre.proxy.http.RawClient;
import gyre.proxy.upstream.whole.WholeProxy;
import gyre.wire.HeaderField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The cases of {@code conformance/*.yaml} against front, flow, cache and HTTP client over sockets,
 * on a clock that is set by hand. Those that {@code expected-failures.txt} names have to fail.
 */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceTest {
  private static final Path FOLDER = Path.of("src/test/resources/conformance");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private volatile Instant now = Messages.NOW;
  private final Set<String> failing = failing();
  private ScriptedSite site;
  private WholeProxy proxy;
  private int played;

  @BeforeAll
  void open() throws IOException {
    site = new ScriptedSite(() -> now);
    proxy =
        new WholeProxy(
            WholeProxy.upstream(site.port())
                + ", routes: [{ match: '/*/never', cache: never },"
                + " { match: '/*/cookies', set-cookie: shared }]",
            () -> now);
  }

  @AfterAll
  void close() throws IOException {
    proxy.close();
    site.close();
  }

  private static Set<String> failing() {
    try {
      return Files.readAllLines(FOLDER.resolve("expected-failures.txt")).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Script> scripts() {
    return Script.all(FOLDER, Messages.NOW);
  }

  @Test
  void everyExpectedFailureIsACaseAndEveryCaseHasANameOfItsOwn() {
    Map<String, Long> names =
        scripts().collect(Collectors.groupingBy(Script::name, Collectors.counting()));
    assertEquals(List.of(), names.keySet().stream().filter(name -> names.get(name) > 1).toList());
    assertEquals(List.of(), failing.stream().filter(name -> !names.containsKey(name)).toList());
    assertTrue(names.size() >= 120, names.size() + " cases");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scripts")
  void conforms(Script script) throws Exception {
    boolean isExpectedToFail = failing.contains(script.name());
    try {
      play(script);
    } catch (AssertionError failure) {
      if (isExpectedToFail) {
        return;
      }
      throw failure;
    }
    assertFalse(isExpectedToFail, "it passes: take it out of expected-failures.txt");
  }

  private void play(Script script) throws Exception {
    now = Messages.NOW;
    String folder = "/case-" + ++played;
    site.play(folder, script.answers());
    int number = 0;
    for (Script.Visit visit : script.visits()) {
      number++;
      now = now.plus(visit.after());
      int before = site.asked().size();
      Received received = visit(folder, visit);
      rest();
      check(
          "visit " + number + ", which got " + received,
          visit.expected(),
          received,
          site.asked().subList(before, site.asked().size()));
    }
  }

  private Received visit(String folder, Script.Visit visit) throws IOException {
    StringBuilder head =
        new StringBuilder(visit.method() + " " + folder + visit.path() + " HTTP/1.1\r\n");
    head.append("Host: site.test\r\n");
    for (HeaderField field : visit.headers().fields()) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    visit
        .content()
        .ifPresent(text -> head.append("Content-Length: ").append(text.length()).append("\r\n"));
    try (RawClient client = proxy.visitor()) {
      client.say(head.append("\r\n").append(visit.content().orElse("")).toString());
      return Received.from(client, visit.method());
    }
  }

  /** What was fetched is in the cache, and what is validated in the background is validated. */
  private void rest() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!proxy.isAtRest()) {
      if (System.nanoTime() > end) {
        fail("a fetch does not end");
      }
      Thread.onSpinWait();
    }
  }

  private static void check(
      String what, Script.Expected expected, Received received, List<ScriptedSite.Asked> asked) {
    assertEquals(expected.status(), received.status(), what);
    expected.from().ifPresent(from -> checkFrom(what, from, expected, received, asked));
    expected.asked().ifPresent(count -> assertEquals(count, asked.size(), what));
    expected
        .body()
        .filter(body -> !body.equals("*"))
        .ifPresent(body -> assertEquals(body.strip(), received.body().strip(), what));
    expected.has().forEach((name, value) -> checkHas(what, name, value, received));
    for (String name : expected.lacks()) {
      assertFalse(
          received.headers().contains(name.toLowerCase(Locale.ROOT)), what + " has " + name);
    }
    expected
        .saw()
        .forEach(
            (name, value) ->
                assertEquals(
                    value,
                    asked.isEmpty()
                        ? "nothing was asked"
                        : asked
                            .getLast()
                            .headers()
                            .joined(name.toLowerCase(Locale.ROOT))
                            .orElse(""),
                    what + ": the server saw " + name));
  }

  /** A value that begins with {@code ~} has to be in it somewhere; {@code *} is any. */
  private static void checkHas(String what, String name, String value, Received received) {
    String actual = received.headers().joined(name.toLowerCase(Locale.ROOT)).orElse("");
    if (value.equals("*")) {
      assertFalse(actual.isEmpty(), what + " lacks " + name);
    } else if (value.startsWith("~")) {
      assertTrue(actual.contains(value.substring(1)), what + ": " + name + " is " + actual);
    } else {
      assertEquals(value, actual, what + ": " + name);
    }
  }

  private static void checkFrom(
      String what,
      Script.From from,
      Script.Expected expected,
      Received received,
      List<ScriptedSite.Asked> asked) {
    String status = received.headers().joined("cache-status").orElse("");
    Script.From actual =
        status.isEmpty()
            ? Script.From.PROXY
            : status.contains("; hit")
                ? Script.From.CACHE
                : !asked.isEmpty() && asked.getLast().status() == 304 && received.status() != 304
                    ? Script.From.VALIDATED
                    : Script.From.UPSTREAM;
    assertEquals(from, actual, what);
    boolean isAsked =
        switch (from) {
          case VALIDATED, UPSTREAM -> true;
          case CACHE, PROXY -> false;
        };
    if (expected.asked().isEmpty()) {
      assertEquals(isAsked ? 1 : 0, asked.size(), what + ": asked " + asked);
    }
    boolean isWhole =
        from == Script.From.UPSTREAM && received.status() == 200 && expected.body().isEmpty();
    if (isWhole && !asked.getLast().line().startsWith("HEAD")) {
      assertEquals(asked.getLast().body(), received.body(), what);
    }
  }
}
