package gyre.proxy.swarm;

import gyre.wire.Bytes;
import gyre.wire.PeerId;
import gyre.wire.PeerSignal;
import gyre.wire.codec.PeerSignalCodec;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * A real Chromium that runs the client's exchange code on an empty page. It is the relay as well:
 * what the proxy tells it goes straight into the page, and the page's answer straight back.
 */
final class BrowserVisitor implements Relay, AutoCloseable {
  static final PeerId PROXY = new PeerId("test-AAAAAAAAAAAAAAAAAAAAAA");
  static final PeerId VISITOR = new PeerId("test-BBBBBBBBBBBBBBBBBBBBBB");

  private final ChromeDriver driver;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private BiConsumer<PeerId, Bytes> toProxy = (from, payload) -> {};

  private BrowserVisitor(ChromeDriver driver) {
    this.driver = driver;
  }

  static BrowserVisitor start(Path folder) throws IOException, InterruptedException {
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--allow-loopback-in-peer-connection",
        "--use-fake-ui-for-media-stream",
        "--user-data-dir=" + folder.resolve("profile"));
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File("/usr/bin/chromedriver"))
            .build();
    String script = bundle(folder);
    BrowserVisitor visitor = new BrowserVisitor(new ChromeDriver(service, options));
    visitor.driver.executeScript(script + "; window.visitor = visitor;");
    return visitor;
  }

  /** Bundles the page's script with the esbuild that the client's build has installed. */
  private static String bundle(Path folder) throws IOException, InterruptedException {
    Path client = Path.of(System.getProperty("gyre.root"), "peer-client-js");
    Path source =
        Path.of(
            System.getProperty("gyre.root"),
            "origin-proxy/src/test/resources/gyre/proxy/swarm/visitor.ts");
    Path bundle = folder.resolve("visitor.js");
    int status =
        new ProcessBuilder(
                client.resolve("node_modules/.bin/esbuild").toString(),
                source.toString(),
                "--bundle",
                "--format=iife",
                "--global-name=visitor",
                "--alias:@gyre=" + client.resolve("src"),
                "--outfile=" + bundle)
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("esbuild ended with status " + status);
    }
    return Files.readString(bundle);
  }

  /** Where the page's answers go. */
  void answersTo(BiConsumer<PeerId, Bytes> proxy) {
    toProxy = proxy;
  }

  void behave(int size, int liesAt, int stallsAt) {
    driver.executeScript(
        "visitor.behave(arguments[0], arguments[1], arguments[2])", size, liesAt, stallsAt);
  }

  @Override
  public Optional<PeerId> self() {
    return Optional.of(PROXY);
  }

  @Override
  public void relay(PeerId to, PeerSignal signal) {
    thread.execute(
        () -> {
          switch (signal) {
            case PeerSignal.Offer offer -> accept(offer);
            case PeerSignal.Candidate candidate ->
                driver.executeScript(
                    "return visitor.candidate(arguments[0], arguments[1], arguments[2])",
                    candidate.candidate(),
                    candidate.mid(),
                    candidate.line());
            case PeerSignal.Answer _, PeerSignal.Bye _ -> {}
          }
        });
  }

  private void accept(PeerSignal.Offer offer) {
    Object sdp = driver.executeScript("return visitor.accept(arguments[0])", offer.sdp());
    PeerSignal answer =
        new PeerSignal.Answer(offer.connection(), String.valueOf(sdp), Bytes.EMPTY, Bytes.EMPTY);
    toProxy.accept(VISITOR, Bytes.owning(PeerSignalCodec.encode(answer)));
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new UncheckedIOException(new IOException("the page still answers"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    driver.quit();
  }
}
