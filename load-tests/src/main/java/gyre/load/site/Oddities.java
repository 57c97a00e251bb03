package gyre.load.site;

import gyre.wire.Bytes;
import gyre.wire.HeaderField;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pictures below {@code /odd/} that tests ask for: each says in its headers how far it may travel,
 * and {@code /odd/changing.png} and the long-lived {@code /odd/replaced.png} have other bytes after
 * each {@link #change}.
 */
final class Oddities {
  private static final int SIZE = 150_000;
  private static final HeaderField HOUR = new HeaderField("Cache-Control", "public, max-age=3600");

  private final AtomicInteger version = new AtomicInteger();

  void change() {
    version.incrementAndGet();
  }

  Optional<Asset> find(String path) {
    return switch (path) {
      case "/odd/public.png", "/odd/other.png" -> Optional.of(picture(path, HOUR));
      case "/odd/private.png" ->
          Optional.of(picture(path, new HeaderField("Cache-Control", "private, max-age=3600")));
      case "/odd/no-store.png" ->
          Optional.of(picture(path, new HeaderField("Cache-Control", "no-store")));
      case "/odd/set-cookie.png" ->
          Optional.of(picture(path, HOUR, new HeaderField("Set-Cookie", "session=1; Path=/")));
      case "/odd/vary-cookie.png" ->
          Optional.of(picture(path, HOUR, new HeaderField("Vary", "Cookie")));
      case "/odd/authorized.png" -> Optional.of(picture(path, HOUR));
      case "/odd/changing.png" ->
          Optional.of(
              picture(path + version.get(), new HeaderField("Cache-Control", "public, max-age=1")));
      case "/odd/replaced.png" -> Optional.of(picture(path + version.get(), HOUR));
      case "/odd/own-sw.js" -> Optional.of(ownServiceWorker());
      default -> Optional.empty();
    };
  }

  static boolean needsAuthorization(String path) {
    return path.equals("/odd/authorized.png");
  }

  /** A site's own service worker: it controls its pages and lets everything pass. */
  private static Asset ownServiceWorker() {
    String script = "addEventListener('activate', event => event.waitUntil(clients.claim()));";
    return Asset.with(
        Bytes.owning(script.getBytes(StandardCharsets.US_ASCII)),
        "text/javascript; charset=utf-8",
        new HeaderField("Cache-Control", "no-cache"),
        new HeaderField("Service-Worker-Allowed", "/"));
  }

  private static Asset picture(String seed, HeaderField... headers) {
    byte[] body = new byte[SIZE];
    new SplittableRandom(seed.hashCode()).nextBytes(body);
    return Asset.with(Bytes.owning(body), "image/png", headers);
  }
}
