package gyre.operations.identity;

import gyre.operations.config.TrustConfig;
import gyre.operations.start.StartFailure;
import gyre.wire.key.VerifyingKey;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public identity keys that this installation trusts: those of gyre.yaml, and the {@code *.pub}
 * files under {@code data/trust}. Reading goes to the disk each time; the caller decides how often.
 * Any thread.
 */
public final class TrustedKeys {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedKeys.class);
  private static final int MOST = 1_000;

  private final Path data;
  private final Set<VerifyingKey> proxies;
  private final Set<VerifyingKey> workers;
  private final Map<Role, Map<Path, VerifyingKey>> lastRead = new ConcurrentHashMap<>();

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
    Map<Path, VerifyingKey> filed =
        lastRead.compute(role, (same, before) -> read(role, before == null ? Map.of() : before));
    Set<VerifyingKey> keys = new LinkedHashSet<>(configured);
    keys.addAll(filed.values());
    return keys;
  }

  /** What cannot be read now stays as it was: an error of the disk takes nobody's trust away. */
  private Map<Path, VerifyingKey> read(Role role, Map<Path, VerifyingKey> before) {
    Path folder = data.resolve("trust").resolve(role.trustFolder());
    Map<Path, VerifyingKey> keys = new LinkedHashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.pub")) {
      for (Path file : files) {
        if (keys.size() < MOST) {
          read(file, Optional.ofNullable(before.get(file))).ifPresent(key -> keys.put(file, key));
        }
      }
      return keys;
    } catch (NoSuchFileException nobodyFiledOne) {
      return Map.of();
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("{}: cannot be listed ({}); its keys stay as they were", folder, e.toString());
      return before;
    }
  }

  private static Optional<VerifyingKey> read(Path file, Optional<VerifyingKey> before) {
    try {
      return Optional.of(VerifyingKey.parse(Files.readString(file).strip()));
    } catch (NoSuchFileException goneMeanwhile) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("{}: cannot be read ({}); it stays as it was", file, e.toString());
      return before;
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "{}: not a public key of 43 base64url characters ({}); ignored", file, e.getMessage());
      return Optional.empty();
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
