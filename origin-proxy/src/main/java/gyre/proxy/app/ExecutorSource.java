package gyre.proxy.app;

import gyre.operations.config.ExecutorConfig;
import gyre.operations.run.RunFolder;
import gyre.operations.start.StartFailure;
import gyre.proxy.fetch.AppSource;
import gyre.proxy.message.Request;
import gyre.wire.AppId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This proxy's own app executor: runs each app's handler in a workerd process of its own. Where no
 * workerd is installed, it says so once and every call is {@code Unavailable}.
 */
public final class ExecutorSource implements AppSource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorSource.class);

  /** A Unix socket's path has at most 107 bytes on Linux; the name below the folder takes 30. */
  private static final int LONGEST_FOLDER = 77;

  private final Map<AppId, AppExecutor> executors = new LinkedHashMap<>();
  private final Optional<Path> folder;

  private ExecutorSource(Optional<Path> folder) {
    this.folder = folder;
  }

  /**
   * Starts a process for every app, in the background. Sockets and scripts lie under {@code
   * data/executor}, mode 700.
   */
  public static ExecutorSource start(
      ExecutorConfig config, Path data, Deployments apps, ExecutorHttp http) {
    if (apps.all().isEmpty()) {
      return new ExecutorSource(Optional.empty());
    }
    Optional<Path> binary = WorkerdBinary.find(config.workerd());
    if (binary.isEmpty()) {
      LOG.warn(
          "no workerd: apps run on workers alone, and answer 503 where there is none; build"
              + " origin-proxy (npm fetches workerd), or name the file in executor.workerd");
      return new ExecutorSource(Optional.empty());
    }
    Path folder = folder(data);
    ExecutorSource source = new ExecutorSource(Optional.of(folder));
    ExecutorLimits limits = ExecutorLimits.of(config.deadline(), config.memory());
    for (Deployment app : apps.all()) {
      Path own = folder.resolve(Integer.toString(source.executors.size()));
      write(app, own);
      source.executors.put(app.id(), new AppExecutor(app, binary.get(), own, http, limits));
    }
    source.executors.values().forEach(AppExecutor::start);
    return source;
  }

  @Override
  public Outcome call(AppId app, Request request, Duration deadline) throws InterruptedException {
    AppExecutor executor = executors.get(app);
    return executor == null
        ? new Outcome.Unavailable("this proxy executes no " + app.name())
        : executor.call(request, deadline);
  }

  public List<ExecutorStatus> status() {
    return executors.values().stream().map(AppExecutor::status).toList();
  }

  /** Ends every process and returns once they are gone. */
  @Override
  public void close() {
    try (var closers = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      executors.values().forEach(executor -> closers.execute(executor::close));
    }
    folder.ifPresent(ExecutorSource::delete);
  }

  private static Path folder(Path data) {
    Path folder = data.toAbsolutePath().normalize().resolve("executor");
    try {
      if (folder.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_FOLDER) {
        return RunFolder.create("gyre-executor").path();
      }
      delete(folder);
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return folder;
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  private static void write(Deployment app, Path folder) {
    try {
      Files.createDirectory(folder);
      Files.writeString(folder.resolve(WorkerdConfig.SCRIPT_FILE), app.script());
      Files.writeString(folder.resolve("config.capnp"), WorkerdConfig.text(app.vars()));
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
  }

  private static StartFailure cannotWrite(Path folder, IOException cause) {
    return new StartFailure(
        folder + ": cannot be written (" + cause + "); check the owner of the data folder", cause);
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      LOG.warn("{}: cannot be removed ({})", folder, e.toString());
    }
  }
}
