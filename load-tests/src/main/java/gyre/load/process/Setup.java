package gyre.load.process;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one Gyre for one site is to be: the text of its gyre.yaml follows from it. {@code peers} are
 * keys of the site's peer policy, {@code routes} YAML flow maps, {@code apps} scripts by name,
 * {@code more} further lines at the top level.
 */
public record Setup(
    Path folder,
    URI upstream,
    String host,
    Map<String, String> peers,
    List<String> routes,
    Map<String, Path> apps,
    List<String> more) {
  /** Stands for a port that is not known yet. */
  private static final String HTTPS = "{https}";

  public Setup {
    peers = Map.copyOf(peers);
    routes = List.copyOf(routes);
    apps = Map.copyOf(apps);
    more = List.copyOf(more);
  }

  /** All visitors come from this machine: one of them is enough to publish. */
  public static Setup of(Path folder, URI upstream) {
    Map<String, String> peers = Map.of("min-visitors", "1");
    return new Setup(folder, upstream, "*", peers, List.of(), Map.of(), List.of());
  }

  /** The one host name that the site takes, instead of every one. */
  public Setup host(String name) {
    return new Setup(folder, upstream, name, peers, routes, apps, more);
  }

  public Setup peers(String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(peers);
    changed.put(key, value);
    return new Setup(folder, upstream, host, changed, routes, apps, more);
  }

  /** An app that answers what a path pattern matches. */
  public Setup app(String name, Path script, String match) {
    Map<String, Path> scripts = new LinkedHashMap<>(apps);
    scripts.put(name, script);
    return new Setup(folder, upstream, host, peers, routes, scripts, more)
        .route("{ match: \"%s\", app: %s }".formatted(match, name));
  }

  public Setup route(String flowMap) {
    List<String> changed = new ArrayList<>(routes);
    changed.add(flowMap);
    return new Setup(folder, upstream, host, peers, changed, apps, more);
  }

  /** A line at the top level of gyre.yaml, such as {@code executor: { deadline: 2s }}. */
  public Setup line(String yaml) {
    List<String> changed = new ArrayList<>(more);
    changed.add(yaml);
    return new Setup(folder, upstream, host, peers, routes, apps, changed);
  }

  /** Also over TLS, with this certificate. */
  public Setup tls(Path chain, Path key) {
    return line(
        "tls: { listen: \"127.0.0.1:%s\", certificates: [{ cert: \"%s\", key: \"%s\" }] }"
            .formatted(HTTPS, chain, key));
  }

  String yaml(Ports ports) {
    List<String> lines = new ArrayList<>();
    lines.add("data: data");
    lines.add("listen: 127.0.0.1:" + ports.http());
    lines.add("admin: { listen: \"127.0.0.1:%d\" }".formatted(ports.proxyAdmin()));
    lines.add(
        "signalling: { listen: \"127.0.0.1:%d\", admin: { listen: \"127.0.0.1:%d\" } }"
            .formatted(ports.signalling(), ports.signallingAdmin()));
    lines.add(
        "worker: { listen: \"127.0.0.1:%d\", admin: { listen: \"127.0.0.1:%d\" } }"
            .formatted(ports.worker(), ports.workerAdmin()));
    more.forEach(line -> lines.add(line.replace(HTTPS, Integer.toString(ports.https()))));
    lines.add("sites:");
    lines.add("  - id: gallery");
    lines.add("    hosts: [\"" + host + "\"]");
    lines.add("    upstreams: [\"" + upstream + "\"]");
    lines.add("    peers: " + flowMap(peers));
    lines.add("    routes: [" + String.join(", ", routes) + "]");
    lines.add("apps: [" + appList() + "]");
    return String.join("\n", lines) + "\n";
  }

  private static String flowMap(Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private String appList() {
    return apps.entrySet().stream()
        .map(app -> "{ name: %s, file: \"%s\" }".formatted(app.getKey(), app.getValue()))
        .collect(Collectors.joining(", "));
  }
}
