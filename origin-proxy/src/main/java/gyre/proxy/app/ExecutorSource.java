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
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
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

  /** For how long a version serves on what began before another one took its place. */
  private static final Duration RETIRING = Duration.ofMinutes(10);

  /** Where processes are started from. */
  private record Place(Path binary, Path folder) {}

  private final ExecutorConfig config;
  private final Path data;
  private final ExecutorHttp http;
  private final Map<AppId, AppExecutor> retired = new ConcurrentHashMap<>();
  private volatile Map<AppId, AppExecutor> executors = Map.of();
  private Optional<Place> place = Optional.empty();
  private int folders;

  private ExecutorSource(ExecutorConfig config, Path data, ExecutorHttp http) {
    this.config = config;
    this.data = data;
    this.http = http;
  }

  /**
   * Starts a process for every app, in the background. Sockets and scripts lie under {@code
   * data/executor}, mode 700.
   */
  public static ExecutorSource start(
      ExecutorConfig config, Path data, Deployments apps, ExecutorHttp http) {
    ExecutorSource source = new ExecutorSource(config, data, http);
    source.prepare(apps).run();
    return source;
  }

  /**
   * For other apps, or other versions of them: what is returned puts them in place, and starts what
   * does not run yet. A StartFailure leaves everything as it is. One caller at a time.
   */
  public Runnable prepare(Deployments apps) {
    if (!apps.all().isEmpty() && place.isEmpty()) {
      place = find();
    }
    Map<AppId, AppExecutor> next = new LinkedHashMap<>();
    List<AppExecutor> made = new ArrayList<>();
    for (Deployment app : apps.all()) {
      AppExecutor running = executors.get(app.id());
      if (running != null && running.runs(app)) {
        next.put(app.id(), running);
      } else if (place.isPresent()) {
        AppExecutor executor = make(app, place.get());
        made.add(executor);
        next.put(app.id(), executor);
      }
    }
    return () -> {
      Map<AppId, AppExecutor> before = executors;
      executors = Collections.unmodifiableMap(next);
      made.forEach(AppExecutor::start);
      before.forEach(
          (app, executor) -> {
            if (!next.containsValue(executor)) {
              retire(app, executor);
            }
          });
    };
  }

  private Optional<Place> find() {
    Optional<Path> binary = WorkerdBinary.find(config.workerd());
    if (binary.isEmpty()) {
      LOG.warn(
          "no workerd: apps run on workers alone, and answer 503 where there is none; build"
              + " origin-proxy (npm fetches workerd), or name the file in executor.workerd");
    }
    return binary.map(file -> new Place(file, folder(data)));
  }

  private AppExecutor make(Deployment app, Place at) {
    Path own = at.folder().resolve(Integer.toString(folders++));
    write(app, own);
    ExecutorLimits limits = ExecutorLimits.of(config.deadline(), config.memory());
    return new AppExecutor(app, at.binary(), own, http, limits);
  }

  private void retire(AppId app, AppExecutor executor) {
    retired.put(app, executor);
    var _ =
        Thread.ofVirtual()
            .name("executor-retire")
            .start(
                () -> {
                  try {
                    Thread.sleep(RETIRING);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  retired.remove(app, executor);
                  executor.close();
                });
  }

  @Override
  public Outcome call(AppId app, Request request, Duration deadline) throws InterruptedException {
    AppExecutor executor = executors.getOrDefault(app, retired.get(app));
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
    try (var closers = Executors.newVirtualThreadPerTaskExecutor()) {
      executors.values().forEach(executor -> closers.execute(executor::close));
      retired.values().forEach(executor -> closers.execute(executor::close));
    }
    place.ifPresent(used -> delete(used.folder()));
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
