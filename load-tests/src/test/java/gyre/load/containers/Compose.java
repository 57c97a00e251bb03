package gyre.load.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml and its Dockerfiles, as far as the test asks about them. */
record Compose(Path root, Map<String, Service> services) {
  private static final Pattern COPIED_JAR = Pattern.compile("(?m)^COPY (\\S+\\.jar) (\\S+)$");
  private static final Pattern ENTRY_POINT = Pattern.compile("(?m)^ENTRYPOINT \\[(.*)\\]$");
  private static final Pattern EXPOSED = Pattern.compile("(?m)^EXPOSE (\\d+)$");

  record Service(
      Path dockerfile,
      String image,
      List<String> command,
      List<String> ports,
      List<String> volumes,
      List<String> dependsOn,
      List<String> environment,
      List<String> healthCheck) {

    /** The jar as the build leaves it, relative to the root. */
    String jar() {
      return group(COPIED_JAR, 1).orElseThrow();
    }

    String jarInImage() {
      return group(COPIED_JAR, 2).orElseThrow();
    }

    String entryPoint() {
      return group(ENTRY_POINT, 1).orElseThrow();
    }

    int exposedPort() {
      return Integer.parseInt(group(EXPOSED, 1).orElseThrow());
    }

    private Optional<String> group(Pattern pattern, int group) {
      Matcher matcher = pattern.matcher(image);
      return matcher.find() ? Optional.of(matcher.group(group)) : Optional.empty();
    }
  }

  static Compose read(Path root) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    Map<?, ?> document = yaml.load(Files.readString(root.resolve("docker-compose.yml")));
    Map<String, Service> services = new LinkedHashMap<>();
    for (Map.Entry<?, ?> service : map(document.get("services")).entrySet()) {
      services.put(service.getKey().toString(), service(root, map(service.getValue())));
    }
    return new Compose(root, services);
  }

  private static Service service(Path root, Map<?, ?> service) throws IOException {
    Path dockerfile = root.resolve(map(service.get("build")).get("dockerfile").toString());
    return new Service(
        dockerfile,
        Files.readString(dockerfile).replaceAll("\\\\\n", " "),
        list(service.get("command")),
        list(service.get("ports")),
        list(service.get("volumes")),
        list(service.get("depends_on")),
        list(service.get("environment")),
        list(map(service.get("healthcheck")).get("test")));
  }

  private static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<String> list(Object value) {
    return switch (value) {
      case List<?> list -> list.stream().map(Object::toString).toList();
      case Map<?, ?> map ->
          map.entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue()).toList();
      case null, default -> List.of();
    };
  }

  /** Paths of this machine that a service mounts. */
  Stream<Path> mounted(Service service) {
    return service.volumes().stream()
        .filter(volume -> volume.startsWith("./"))
        .map(volume -> root.resolve(volume.split(":", -1)[0]).normalize());
  }
}
