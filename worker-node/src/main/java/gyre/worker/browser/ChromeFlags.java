package gyre.worker.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a worker's Chrome. */
final class ChromeFlags {
  private static final long ENOUGH_SHARED_MEMORY = 256L << 20;

  private static final List<String> ALWAYS =
      List.of(
          "--headless",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--no-default-browser-check",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-default-apps",
          "--disable-domain-reliability",
          "--disable-extensions",
          "--disable-breakpad",
          "--disable-sync",
          "--mute-audio",
          "--site-per-process",
          "--disable-background-timer-throttling",
          "--disable-renderer-backgrounding",
          "--disable-backgrounding-occluded-windows",
          // A worker's own addresses are no secret to the proxies of its sites.
          "--disable-features=WebRtcHideLocalIpsWithMdns",
          // The browser ends with its driver: the pipe between them closes.
          "--remote-debugging-pipe");

  private ChromeFlags() {}

  static List<String> of(BrowserSettings settings, Path profile) {
    List<String> flags = new ArrayList<>(ALWAYS);
    flags.add("--user-data-dir=" + profile);
    if (!settings.isSandboxed()) {
      flags.add("--no-sandbox");
    }
    if (settings.isLoopback()) {
      flags.add("--allow-loopback-in-peer-connection");
      flags.add("--use-fake-ui-for-media-stream");
    }
    if (isSharedMemoryScarce()) {
      flags.add("--disable-dev-shm-usage");
    }
    return List.copyOf(flags);
  }

  /** Containers come with 64 MiB, which Chrome overruns. */
  private static boolean isSharedMemoryScarce() {
    try {
      return Files.getFileStore(Path.of("/dev/shm")).getTotalSpace() < ENOUGH_SHARED_MEMORY;
    } catch (IOException e) {
      return true;
    }
  }
}
