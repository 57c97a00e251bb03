package gyre.operations.identity;

import gyre.operations.config.TrustConfig;
import gyre.operations.start.StartFailure;
import gyre.wire.key.VerifyingKey;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public identity keys that this installation trusts: those of gyre.yaml, and the {@code *.pub}
 * files under {@code data/trust}. Reading goes to the disk each time; the caller decides how often.
 */
public final class TrustedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedKeys.class);
  private static final int MOST = 1_000;

  private final Path data;
  private final Set<VerifyingKey> proxies;
  private final Set<VerifyingKey> workers;

  public TrustedKeys(Path data, TrustConfig config) {
    this.data = data;
    this.proxies = parsed("trust.proxies", config.proxies());
    this.workers = parsed("trust.workers", config.workers());
  }

  public Set<VerifyingKey> proxies() {
    return with(proxies, Role.PROXY);
  }

  public Set<VerifyingKey> workers() {
    return with(workers, Role.WORKER);
  }

  private Set<VerifyingKey> with(Set<VerifyingKey> configured, Role role) {
    Set<VerifyingKey> keys = new LinkedHashSet<>(configured);
    Path folder = data.resolve("trust").resolve(role.trustFolder());
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.pub")) {
        for (Path file : files) {
          if (keys.size() < MOST) {
            add(keys, file);
          }
        }
      } catch (IOException e) {
        LOG.warn("{}: cannot be listed ({}); its keys are not trusted now", folder, e.toString());
      }
    }
    return keys;
  }

  private static void add(Set<VerifyingKey> keys, Path file) {
    try {
      keys.add(VerifyingKey.parse(Files.readString(file).strip()));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn(
          "{}: not a public key of 43 base64url characters ({}); ignored", file, e.getMessage());
    }
  }

  private static Set<VerifyingKey> parsed(String where, List<String> texts) {
    Set<VerifyingKey> keys = new LinkedHashSet<>();
    for (String text : texts) {
      try {
        keys.add(VerifyingKey.parse(text));
      } catch (IllegalArgumentException e) {
        throw new StartFailure(
            where + ": '" + text + "' is not a public key (43 base64url characters)", e);
      }
    }
    return keys;
  }
}
