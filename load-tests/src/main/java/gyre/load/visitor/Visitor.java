package gyre.load.visitor;

import gyre.load.process.Await;
import gyre.load.process.Closing;
import gyre.load.process.ProcessTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * One visitor: a headless Chromium process with a new profile, at the pages of one site. Used by
 * one thread.
 */
public final class Visitor implements AutoCloseable {
  private static final Duration PAGE = Duration.ofSeconds(30);
  private static final String PENDING_PICTURES =
      """
      Array.from(document.images)
        .filter(image => !(image.complete && image.naturalWidth > 0))
        .map(image => image.dataset.peerSrc ?? image.src)
      """;
  private static final String FETCH = "fetch(arguments[0]).then(answer => answer.arrayBuffer())";
  private static final String AS_TEXT =
      """
      .then(buffer => {
        const bytes = new Uint8Array(buffer);
        let text = '';
        for (let i = 0; i < bytes.length; i += 32768) {
          text += String.fromCharCode(...bytes.subarray(i, i + 32768));
        }
        return btoa(text);
      })
      """;
  private static final String STATS = "window.gyre ? gyre.stats() : {}";

  private final URI site;
  private final Path profile;
  private final ChromeDriver driver;
  private final ProcessTree processes;

  private Visitor(URI site, Path profile, ChromeDriver driver) {
    this.site = site;
    this.profile = profile;
    this.driver = driver;
    this.processes = ProcessTree.below("--user-data-dir=" + profile);
  }

  /** Starts the browser; {@link #open} opens the first page. */
  public static Visitor arriveAt(URI site) {
    try {
      Path profile = Files.createTempDirectory("gyre-visitor");
      ChromeDriver driver = Chromium.start(profile);
      try {
        driver.manage().timeouts().pageLoadTimeout(PAGE).scriptTimeout(PAGE);
        return new Visitor(site, profile, driver);
      } catch (RuntimeException e) {
        driver.quit();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for a profile", e);
    }
  }

  /** Navigates as the address bar does and waits until every picture of the page is shown. */
  public void open(String path) {
    driver.get(site.resolve(path).toString());
    awaitPictures();
  }

  /** Navigates as a link of the page does and waits until every picture is shown. */
  public void follow(String path) {
    run("location.assign(arguments[0])", path);
    String target = site.resolve(path).toString();
    Await.until("at " + path, PAGE, () -> target.equals(driver.getCurrentUrl()));
    awaitPictures();
  }

  public void awaitPictures() {
    Optional<Boolean> shown =
        Await.poll(PAGE, () -> pendingPictures().isEmpty() ? Optional.of(true) : Optional.empty());
    if (shown.isEmpty()) {
      throw new IllegalStateException(
          driver.getCurrentUrl() + " still lacks " + pendingPictures() + "; console: " + console());
    }
  }

  private List<String> pendingPictures() {
    try {
      boolean isLoaded = value("document.readyState").filter("complete"::equals).isPresent();
      if (isLoaded && value(PENDING_PICTURES).orElse(List.of()) instanceof List<?> pictures) {
        return pictures.stream().map(String::valueOf).toList();
      }
    } catch (JavascriptException navigating) {
      return List.of("the page itself, which is being left");
    }
    return List.of("the page itself");
  }

  /** What this page got since it was opened; nothing where the client is not there. */
  public Traffic traffic() {
    Map<?, ?> bytes = stats().get("bytes") instanceof Map<?, ?> map ? map : Map.of();
    return new Traffic(
        number(bytes, "ownStore"),
        number(bytes, "peers"),
        number(bytes, "origin"),
        number(bytes, "httpCache"));
  }

  /** What {@code gyre.stats()} tells; empty where the client is not there. */
  public Map<?, ?> stats() {
    return value(STATS).map(stats -> stats instanceof Map<?, ?> map ? map : Map.of()).orElseThrow();
  }

  /** How many peers it has an open channel to. */
  public int connectedPeers() {
    return stats().get("connectedPeers") instanceof List<?> peers ? peers.size() : 0;
  }

  /** The peer id, once the signalling server knows this page. */
  public Optional<String> peerId() {
    return stats().get("peerId") instanceof String id ? Optional.of(id) : Optional.empty();
  }

  /** Whether the site's service worker answers this page's requests. */
  public boolean isControlled() {
    return value("navigator.serviceWorker.controller !== null")
        .filter(Boolean.TRUE::equals)
        .isPresent();
  }

  /** Fetches in the page, as its own scripts would, and returns the body. */
  public byte[] fetch(String path) {
    return bytes(FETCH, path);
  }

  /** Begins to fetch in the page; {@link #fetched} waits for the body. */
  public void beginToFetch(String path) {
    run("window.gyreFetch = " + FETCH, path);
  }

  public byte[] fetched() {
    return bytes("window.gyreFetch");
  }

  /** The bytes of the ArrayBuffer that an expression promises. */
  private byte[] bytes(String expression, Object... arguments) {
    String text = value(expression + AS_TEXT, arguments).orElseThrow().toString();
    return Base64.getDecoder().decode(text);
  }

  /** A header of the answer to a GET in the page; empty where the answer has none. */
  public Optional<String> header(String path, String name) {
    return value("fetch(arguments[0]).then(answer => answer.headers.get(arguments[1]))", path, name)
        .map(Object::toString);
  }

  /** The value of a JavaScript expression in the page, a promise's when it is one. */
  public Optional<Object> value(String expression, Object... arguments) {
    return Optional.ofNullable(driver.executeScript("return " + expression, arguments));
  }

  /** Runs statements in the page. */
  public void run(String statements, Object... arguments) {
    driver.executeScript(statements, arguments);
  }

  private static long number(Map<?, ?> map, String key) {
    return map.get(key) instanceof Number number ? number.longValue() : 0;
  }

  /** What the page wrote to the console since the last call. */
  public List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::toString)
        .toList();
  }

  /** The browser's processes. */
  public ProcessTree processes() {
    return processes;
  }

  /** The driver itself, for what this class has no word for. */
  public ChromeDriver driver() {
    return driver;
  }

  @Override
  public void close() {
    Closing.undisturbed(this::quit);
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException stillWriting) {
      profile.toFile().deleteOnExit();
    }
  }

  /** Also where the driver is gone: Ctrl-C reaches it as well as this process. */
  private void quit() {
    try {
      driver.quit();
    } catch (WebDriverException gone) {
      processes.end();
    }
  }
}
