package gyre.worker.browser;

import gyre.operations.run.RunFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.remote.http.ClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One headless Chrome with a profile of its own and the tabs in it. One thread owns it: a driver
 * carries out one command at a time. A command that hangs ends as {@link BrowserLostException}
 * after {@value #COMMAND_SECONDS} seconds.
 */
public final class ChromeBrowser implements AutoCloseable {
  private static final int COMMAND_SECONDS = 20;
  private static final Duration SCRIPT = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(ChromeBrowser.class);

  private static final String PUBLIC_KEY =
      "const done = arguments[arguments.length - 1];"
          + "gyreWorker.publicKey().then(key => done({ key }), e => done({ error: String(e) }));";
  private static final String START =
      "const done = arguments[arguments.length - 1];"
          + "gyreWorker.start(arguments[0]).then(() => done({}), e => done({ error: String(e) }));";
  private static final String RENEW =
      "const done = arguments[arguments.length - 1];"
          + "gyreWorker.renew(arguments[0]).then(() => done({}), e => done({ error: String(e) }));";

  /** A measurement waits for the next garbage collection, so each look reads the one before. */
  private static final String LOOK =
      """
      if (!globalThis.gyreMeasuring && performance.measureUserAgentSpecificMemory) {
        globalThis.gyreMeasuring = true;
        performance.measureUserAgentSpecificMemory()
          .then(({ bytes }) => { globalThis.gyreMemory = bytes; }, () => undefined)
          .finally(() => { globalThis.gyreMeasuring = false; });
      }
      const state = gyreWorker.state();
      return { ...state, memory: globalThis.gyreMemory ?? 0 };
      """;

  private final RunFolder folder;
  private final ChromeDriverService service;
  private final ChromeDriver driver;
  private final String firstWindow;

  private ChromeBrowser(RunFolder folder, ChromeDriverService service, ChromeDriver driver) {
    this.folder = folder;
    this.service = service;
    this.driver = driver;
    this.firstWindow = driver.getWindowHandle();
  }

  public static ChromeBrowser start(BrowserSettings settings) throws BrowserLostException {
    RunFolder folder = newFolder();
    ChromeDriverService service = service(settings, folder.path());
    try {
      ChromeOptions options = new ChromeOptions();
      options.setBinary(settings.chromium().toFile());
      options.addArguments(ChromeFlags.of(settings, folder.path().resolve("profile")));
      options.setScriptTimeout(SCRIPT);
      options.setPageLoadTimeout(SCRIPT);
      ClientConfig client =
          ClientConfig.defaultConfig()
              .connectionTimeout(Duration.ofSeconds(5))
              .readTimeout(Duration.ofSeconds(COMMAND_SECONDS));
      return new ChromeBrowser(folder, service, new ChromeDriver(service, options, client));
    } catch (WebDriverException e) {
      service.stop();
      folder.close();
      throw new BrowserLostException(DriverFailure.firstLine(e), e);
    }
  }

  private static RunFolder newFolder() {
    try {
      return RunFolder.create("gyre-chrome");
    } catch (IOException e) {
      throw new UncheckedIOException("no folder for Chrome's profile", e);
    }
  }

  private static ChromeDriverService service(BrowserSettings settings, Path folder) {
    try {
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(DriverLauncher.write(folder, settings.chromedriver()).toFile())
              .usingAnyFreePort()
              .withLogOutput(OutputStream.nullOutputStream())
              .build();
      service.sendOutputTo(OutputStream.nullOutputStream());
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be written", e);
    }
  }

  /** Opens a shell in a tab of its own: its window handle and the public key it made, base64url. */
  public OpenedTab open(URI shell) throws TabException, BrowserLostException {
    String handle = newTab();
    try {
      command(
          () -> {
            driver.get(shell.toString());
            return handle;
          });
      return new OpenedTab(handle, String.valueOf(ask(handle, PUBLIC_KEY).get("key")));
    } catch (TabException e) {
      close(handle);
      throw e;
    }
  }

  /** Without the window that all tabs are opened from, the browser is of no more use. */
  private String newTab() throws BrowserLostException {
    try {
      return command(
          () -> {
            driver.switchTo().window(firstWindow);
            driver.switchTo().newWindow(WindowType.TAB);
            return driver.getWindowHandle();
          });
    } catch (TabException e) {
      throw new BrowserLostException("its first window: " + e.getMessage(), e);
    }
  }

  /** Loads the app and registers; returns once the app is loaded. */
  public void start(String handle, Map<String, Object> options)
      throws TabException, BrowserLostException {
    ask(handle, START, options);
  }

  public void renew(String handle, String token) throws TabException, BrowserLostException {
    ask(handle, RENEW, token);
  }

  /** How the tab is, as it says itself. */
  public TabState look(String handle) throws TabException, BrowserLostException {
    return command(
        () -> {
          driver.switchTo().window(handle);
          return TabState.of(driver.executeScript(LOOK));
        });
  }

  /** Ends a tab, in whatever state it is. */
  public void close(String handle) throws BrowserLostException {
    try {
      command(
          () -> {
            driver.switchTo().window(firstWindow);
            driver.executeCdpCommand("Target.closeTarget", Map.of("targetId", handle));
            return handle;
          });
    } catch (TabException e) {
      LOG.debug("a tab was gone before it was closed", e);
    }
  }

  /** Kills the tab's renderer process, for tests. */
  public void crash(String handle) throws BrowserLostException {
    try {
      command(
          () -> {
            driver.switchTo().window(handle);
            driver.get("chrome://crash");
            return handle;
          });
    } catch (TabException e) {
      LOG.debug("the tab is gone, as was asked", e);
    }
  }

  private Map<?, ?> ask(String handle, String script, Object... arguments)
      throws TabException, BrowserLostException {
    Object answer =
        command(
            () -> {
              driver.switchTo().window(handle);
              return driver.executeAsyncScript(script, arguments);
            });
    if (!(answer instanceof Map<?, ?> fields)) {
      throw new TabException("it answers nonsense", false);
    }
    if (fields.get("error") instanceof String error) {
      throw new TabException(error, false);
    }
    return fields;
  }

  private static <T> T command(Supplier<T> command) throws TabException, BrowserLostException {
    try {
      return command.get();
    } catch (WebDriverException e) {
      throw DriverFailure.of(e);
    }
  }

  /** Ends browser and driver; returns once they are gone. */
  @Override
  public void close() {
    try {
      driver.quit();
    } catch (WebDriverException e) {
      LOG.debug("the browser did not end when asked", e);
    }
    service.stop();
    folder.close();
  }
}
