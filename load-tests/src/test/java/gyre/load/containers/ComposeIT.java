package gyre.load.containers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.load.process.Installation;
import gyre.operations.config.ConfigFile;
import gyre.operations.config.GyreConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No container engine runs here: what docker-compose.yml names is checked against the build. */
class ComposeIT {
  private static final Path ROOT = Installation.locate().root();
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:-[^}]*)?\\}");

  private Compose compose;
  private GyreConfig config;

  @BeforeEach
  void read() throws IOException {
    compose = Compose.read(ROOT);
    config = ConfigFile.read(ROOT.resolve("docker/gyre.yaml"));
  }

  @Test
  void everyPartIsAServiceWithAJarThatTheBuildMakes() {
    assertEquals(
        Set.of("upstream", "signalling-server", "origin-proxy", "worker-node"),
        compose.services().keySet());
    for (Compose.Service service : compose.services().values()) {
      assertTrue(Files.isRegularFile(ROOT.resolve(service.jar())), service.jar());
      assertTrue(service.entryPoint().contains("\"" + service.jarInImage() + "\""));
    }
  }

  @Test
  void everyArgumentIsOneThatItsJarKnows() throws Exception {
    for (Compose.Service service : compose.services().values()) {
      List<String> words = new ArrayList<>(service.command());
      boolean isSubcommand = !words.getFirst().startsWith("-");
      List<String> subcommand = isSubcommand ? List.of(words.removeFirst()) : List.of();
      String help = help(ROOT.resolve(service.jar()), subcommand);
      for (String option : words.stream().filter(word -> word.startsWith("--")).toList()) {
        assertTrue(help.contains(option), option + " of " + service.jar() + ":\n" + help);
      }
    }
  }

  @Test
  void everyPortIsOneAtWhichTheServiceListens() {
    Map<String, Set<Integer>> listens =
        Map.of(
            "upstream", Set.of(8085),
            "signalling-server",
                Set.of(
                    config.signalling().listen().port(),
                    config.signalling().admin().listen().port()),
            "origin-proxy", Set.of(config.listen().port(), config.admin().listen().port()),
            "worker-node",
                Set.of(config.worker().listen().port(), config.worker().admin().listen().port()));
    compose
        .services()
        .forEach(
            (name, service) -> {
              Set<Integer> ports = portsNamed(service);
              assertTrue(listens.get(name).containsAll(ports), name + " names " + ports);
            });
  }

  @Test
  void everyAddressInTheConfigurationIsAService() {
    Set<URI> addresses =
        config.sites().stream().flatMap(s -> s.upstreams().stream()).collect(Collectors.toSet());
    addresses.add(config.signalling().connectTo());
    for (URI address : addresses) {
      Compose.Service service = compose.services().get(address.getHost());
      assertTrue(service != null, address + " is no service");
      assertEquals(service.exposedPort(), address.getPort(), address.toString());
    }
    assertTrue(
        compose.services().values().stream()
            .flatMap(service -> service.dependsOn().stream())
            .allMatch(compose.services()::containsKey));
  }

  @Test
  void everyMountedPathExistsAndEveryVariableHasADefault() throws IOException {
    for (Compose.Service service : compose.services().values()) {
      compose.mounted(service).forEach(path -> assertTrue(Files.exists(path), path.toString()));
      assertEquals(List.of(), service.environment());
    }
    Matcher variables = VARIABLE.matcher(Files.readString(ROOT.resolve("docker-compose.yml")));
    while (variables.find()) {
      assertTrue(variables.group(2) != null, variables.group() + " has no default");
    }
  }

  @Test
  void theAppsOfTheConfigurationAreMountedWhereItLooksForThem() {
    config
        .apps()
        .forEach(
            app -> {
              Path script = Path.of("examples/target/classes/gyre/examples/apps");
              assertTrue(Files.exists(ROOT.resolve(script).resolve(app.file().getFileName())));
            });
  }

  private static Set<Integer> portsNamed(Compose.Service service) {
    List<Integer> ports = new ArrayList<>(List.of(service.exposedPort()));
    service.ports().forEach(p -> ports.add(Integer.parseInt(p.substring(p.lastIndexOf(':') + 1))));
    service.healthCheck().stream()
        .filter(word -> word.startsWith("http"))
        .forEach(word -> ports.add(URI.create(word).getPort()));
    return Set.copyOf(ports);
  }

  private static String help(Path jar, List<String> subcommand) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar.toString()));
    command.addAll(subcommand);
    command.add("--help");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text;
  }
}
