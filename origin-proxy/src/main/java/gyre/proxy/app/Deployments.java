package gyre.proxy.app;

import gyre.operations.config.AppConfig;
import gyre.operations.start.StartFailure;
import gyre.wire.AppId;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The apps of this proxy, by name. A script is read once; its SHA-256 and its name are the app's
 * id, so two nodes that read the same file agree on it.
 */
public final class Deployments {
  static final long LARGEST_SCRIPT = 8L << 20;

  private final Map<String, Deployment> byName;

  private Deployments(Map<String, Deployment> byName) {
    this.byName = byName;
  }

  /** Reads every script. A {@link StartFailure} names the app and its file. */
  public static Deployments read(List<AppConfig> apps) {
    Map<String, Deployment> byName = new LinkedHashMap<>();
    for (AppConfig app : apps) {
      if (byName.put(app.name(), read(app)) != null) {
        throw new StartFailure(
            "apps lists '" + app.name() + "' twice; give each a name of its own");
      }
    }
    return new Deployments(byName);
  }

  public List<Deployment> all() {
    return List.copyOf(byName.values());
  }

  public Set<AppId> ids() {
    return byName.values().stream().map(Deployment::id).collect(Collectors.toUnmodifiableSet());
  }

  public Optional<Deployment> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  private static Deployment read(AppConfig app) {
    try {
      byte[] script = bytes(app);
      AppId id = new AppId(app.name(), new Digest(Bytes.owning(sha256(script))));
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(script)).toString();
      return new Deployment(id, text, app.vars());
    } catch (CharacterCodingException e) {
      throw complaint(app, "is not UTF-8 text; is this really a JavaScript module?", e);
    } catch (IOException e) {
      throw complaint(
          app, "cannot be read (" + e.getClass().getSimpleName() + "); correct apps[].file", e);
    }
  }

  private static byte[] bytes(AppConfig app) throws IOException {
    Path file = app.file();
    if (Files.size(file) > LARGEST_SCRIPT) {
      throw new StartFailure(
          "app '"
              + app.name()
              + "': "
              + file
              + " is larger than "
              + (LARGEST_SCRIPT >> 20)
              + " MiB");
    }
    return Files.readAllBytes(file);
  }

  private static StartFailure complaint(AppConfig app, String what, IOException cause) {
    return new StartFailure("app '" + app.name() + "': " + app.file() + " " + what, cause);
  }

  private static byte[] sha256(byte[] script) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(script);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
