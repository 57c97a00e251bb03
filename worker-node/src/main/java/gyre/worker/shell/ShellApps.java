package gyre.worker.shell;

import gyre.operations.config.AppConfig;
import gyre.operations.start.StartFailure;
import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The apps of this node, by name. A script is read once, at start; its name and its SHA-256 are the
 * app's id, as origin-proxy computes it of the same file.
 */
public final class ShellApps {
  private static final long LARGEST_SCRIPT = 8L << 20;

  private final Map<String, ShellApp> byName;

  private ShellApps(Map<String, ShellApp> byName) {
    this.byName = byName;
  }

  /** Reads every script. A {@link StartFailure} names the app and its file. */
  public static ShellApps read(List<AppConfig> apps) {
    Map<String, ShellApp> byName = new LinkedHashMap<>();
    for (AppConfig app : apps) {
      if (!isHostLabel(app.name())) {
        throw new StartFailure(
            "app '" + app.name() + "': a name begins and ends with a letter or a digit");
      }
      if (byName.put(app.name(), read(app)) != null) {
        throw new StartFailure(
            "apps lists '" + app.name() + "' twice; give each a name of its own");
      }
    }
    return new ShellApps(byName);
  }

  public Optional<ShellApp> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  private static boolean isHostLabel(String name) {
    return !name.startsWith("-") && !name.endsWith("-");
  }

  private static ShellApp read(AppConfig app) {
    try {
      if (Files.size(app.file()) > LARGEST_SCRIPT) {
        throw new StartFailure("app '" + app.name() + "': " + app.file() + " is larger than 8 MiB");
      }
      Bytes script = Bytes.owning(Files.readAllBytes(app.file()));
      return new ShellApp(new AppId(app.name(), sha256(script)), script, app.vars());
    } catch (IOException e) {
      throw new StartFailure(
          "app '"
              + app.name()
              + "': "
              + app.file()
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "); correct apps[].file",
          e);
    }
  }

  private static Digest sha256(Bytes script) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(script.buffer());
      return new Digest(Bytes.owning(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
