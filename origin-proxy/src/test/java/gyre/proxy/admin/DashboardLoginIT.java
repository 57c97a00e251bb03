package gyre.proxy.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.admin.AdminServer;
import gyre.operations.config.AdminConfig;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import gyre.operations.config.HostPort;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** An operator's browser, where the admin address needs a token. */
class DashboardLoginIT {
  private static final String TOKEN = "s3cret";

  @TempDir Path profile;
  private Dashboard dashboard;
  private AdminServer admin;
  private ChromeDriver browser;
  private String address;

  @BeforeEach
  void start() {
    GyreConfig config =
        ConfigFile.parse(
            "gyre.yaml",
            Path.of("."),
            """
            signalling: { admin: { listen: "127.0.0.1:9" } }
            sites: [{ id: demo, hosts: ["*"], upstreams: [http://127.0.0.1:9] }]
            """);
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    dashboard = new Dashboard(() -> config, registry, InstantSource.system());
    admin =
        new AdminServer(
            new AdminConfig(new HostPort("127.0.0.1", 0), Optional.of(TOKEN)),
            registry,
            Optional::empty);
    dashboard.serveAt(admin);
    address = "http://127.0.0.1:" + admin.address().getPort();
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
        "--user-data-dir=" + profile);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                .build(),
            options);
  }

  @AfterEach
  void stop() {
    browser.quit();
    admin.close();
    dashboard.close();
  }

  @Test
  void theTokenIsAskedForOnceAndScriptsNeverSeeWhatItIsExchangedFor() throws Exception {
    browser.get(address + "/");
    assertEquals(address + "/login", browser.getCurrentUrl());
    logIn("wrong");
    until(() -> !browser.findElements(By.className("bad")).isEmpty());
    assertEquals("This is not the token.", browser.findElement(By.className("bad")).getText());

    logIn(TOKEN);
    until(() -> browser.getCurrentUrl().equals(address + "/"));
    await("live");
    browser.navigate().refresh();
    await("live");
    assertEquals("", browser.executeScript("return document.cookie"));

    browser.manage().deleteAllCookies();
    until(() -> browser.getCurrentUrl().equals(address + "/login"));
  }

  private void logIn(String token) {
    browser.findElement(By.name("token")).sendKeys(token);
    browser.findElement(By.tagName("button")).click();
  }

  private void await(String text) {
    until(() -> browser.findElement(By.id("live")).getText().contains(text));
  }

  /** A click returns before the page has changed. */
  private void until(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "still at " + browser.getCurrentUrl());
      Thread.onSpinWait();
    }
  }
}
