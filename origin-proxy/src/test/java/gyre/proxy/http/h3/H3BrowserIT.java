package gyre.proxy.http.h3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.config.TlsConfig;
import gyre.proxy.certificate.PemPair;
import gyre.proxy.http.Certificates;
import gyre.proxy.http.ScriptedPages;
import gyre.proxy.http.exchange.FrontLimits;
import gyre.proxy.message.HttpVersion;
import java.io.File;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A browser comes by HTTP/3: at once where it is told to, and after an Alt-Svc by itself. */
@Timeout(60)
class H3BrowserIT {
  /** The protocol over which a path came. */
  private static final String LOAD =
      """
      const load = async path => {
        const url = new URL(path, location).href;
        performance.clearResourceTimings();
        const response = await fetch(url, { cache: 'no-store' });
        const text = await response.text();
        const entry = performance.getEntriesByName(url).pop();
        return { status: response.status, length: text.length, text: text.slice(0, 100),
                 protocol: entry ? entry.nextHopProtocol : '' };
      };
      """;

  private static final String ASK =
      LOAD + "const [path, done] = arguments; load(path).then(done, e => done({ error: '' + e }));";

  /** Ever less often, as a browser stays with the connection that it has until that is idle. */
  private static final String ASK_UNTIL_H3 =
      LOAD
          + """
          const done = arguments[0];
          let pauseMs = 100;
          const again = () => setTimeout(() => load('/now').then(
              answer => answer.protocol === 'h3' ? done(answer.text) : again(), again), pauseMs *= 2);
          again();
          """;

  private static final FrontLimits SOON_IDLE =
      new FrontLimits(
          new FrontLimits.Times(
              Duration.ofSeconds(10),
              Duration.ofSeconds(1),
              Duration.ofSeconds(60),
              Duration.ofMinutes(10),
              Duration.ofSeconds(10)),
          FrontLimits.Bodies.DEFAULT,
          FrontLimits.Crowd.DEFAULT);

  private static final String SEND =
      """
      const done = arguments[0];
      fetch('/collect', { method: 'POST', body: 'x'.repeat(1 << 20) })
          .then(response => response.text()).then(text => done(text.length), e => done('' + e));
      """;

  @TempDir Path folder;
  private TlsConfig.Certificate certificate;
  private QuicFront server;

  @BeforeEach
  void certify() throws Exception {
    certificate = Certificates.make(folder, "site", "ip:127.0.0.1");
  }

  private void listen(FrontLimits limits) throws Exception {
    server = new QuicFront(List.of(certificate), limits);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private String origin() {
    return "127.0.0.1:" + server.address().getPort();
  }

  @Test
  void everythingTravelsOverHttp3WhereItIsForced() throws Exception {
    listen(FrontLimits.DEFAULT);
    ChromeDriver browser = browser("--origin-to-force-quic-on=" + origin());
    try {
      browser.get("https://" + origin() + "/now");
      assertEquals(HttpVersion.HTTP_3, server.pages().asked.take().version());
      Map<?, ?> later = ask(browser, "/later");
      assertEquals("h3", later.get("protocol"), later::toString);
      Map<?, ?> big = ask(browser, "/big");
      assertEquals("h3", big.get("protocol"), big::toString);
      assertEquals((long) ScriptedPages.BIG, big.get("length"));
      assertTrue((Long) browser.executeAsyncScript(SEND) >= 1 << 20);
    } finally {
      browser.quit();
    }
  }

  /** Port 1 forces nothing: Chromium takes such a certificate over QUIC for forced hosts alone. */
  @Test
  void anAltSvcLeadsToHttp3() throws Exception {
    listen(SOON_IDLE);
    ChromeDriver browser = browser("--origin-to-force-quic-on=127.0.0.1:1");
    try {
      browser.get("https://" + origin() + "/now");
      assertEquals(HttpVersion.HTTP_2, server.pages().asked.take().version());
      assertEquals("now", browser.executeAsyncScript(ASK_UNTIL_H3));
    } finally {
      browser.quit();
    }
  }

  private static Map<?, ?> ask(ChromeDriver browser, String path) {
    return (Map<?, ?>) browser.executeAsyncScript(ASK, path);
  }

  /** Certificates that no authority signed are good for QUIC by their key alone. */
  private ChromeDriver browser(String more) throws Exception {
    byte[] key = PemPair.read(certificate).leaf().getPublicKey().getEncoded();
    byte[] print = MessageDigest.getInstance("SHA-256").digest(key);
    ChromeOptions options = new ChromeOptions();
    options.setBinary("/usr/bin/chromium");
    options.addArguments(
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--ignore-certificate-errors-spki-list=" + Base64.getEncoder().encodeToString(print),
        "--user-data-dir=" + folder.resolve("profile"),
        more);
    ChromeDriver browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                .build(),
            options);
    browser.manage().timeouts().scriptTimeout(Duration.ofSeconds(20));
    return browser;
  }
}
