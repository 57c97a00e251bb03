package gyre.load.site;

import gyre.wire.Bytes;
import gyre.wire.HeaderField;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pictures below {@code /odd/} that tests ask for: each says in its headers how far it may travel,
 * and {@code /odd/changing.png} has other bytes after each {@link #change}.
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
      case "/odd/public.png" -> Optional.of(picture(path, HOUR));
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
      default -> Optional.empty();
    };
  }

  static boolean needsAuthorization(String path) {
    return path.equals("/odd/authorized.png");
  }

  private static Asset picture(String seed, HeaderField... headers) {
    byte[] body = new byte[SIZE];
    new SplittableRandom(seed.hashCode()).nextBytes(body);
    return Asset.with(Bytes.owning(body), "image/png", headers);
  }
}
