package gyre.load.site;

import gyre.wire.Bytes;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /bench/<n>k-<name>.bin}: n KiB that do not compress, other bytes for each name. */
final class Measured {
  private static final Pattern PATH = Pattern.compile("/bench/(\\d{1,5})k-[a-z0-9-]{1,32}\\.bin");

  private Measured() {}

  static Optional<Asset> find(String path) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    byte[] body = new byte[Integer.parseInt(matcher.group(1)) << 10];
    new SplittableRandom(path.hashCode()).nextBytes(body);
    return Optional.of(Asset.cacheable(Bytes.owning(body), "application/octet-stream"));
  }
}
