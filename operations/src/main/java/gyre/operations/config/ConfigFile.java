package gyre.operations.config;

import gyre.operations.address.AddressRanges;
import gyre.operations.start.StartFailure;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads gyre.yaml. Relative paths in it are relative to its folder. Every complaint is a {@link
 * StartFailure}.
 */
public final class ConfigFile {
  private static final Pattern APP_NAME = Pattern.compile("[a-z0-9-]{1,63}");
  private static final long LARGEST_FILE = 1 << 20;
  private static final AddressRanges LOOPBACK = AddressRanges.of("127.0.0.1", "::1");

  private final String file;
  private final Path folder;

  private ConfigFile(String file, Path folder) {
    this.file = file;
    this.folder = folder;
  }

  public static GyreConfig read(Path path) {
    try {
      if (Files.size(path) > LARGEST_FILE) {
        throw new StartFailure(path + ": larger than 1 MiB; this is not a gyre.yaml");
      }
      Path folder = Optional.ofNullable(path.toAbsolutePath().getParent()).orElse(path);
      return parse(path.toString(), folder, Files.readString(path));
    } catch (IOException e) {
      throw new StartFailure(
          path
              + ": cannot be read ("
              + e.getClass().getSimpleName()
              + "); name a file with --config",
          e);
    }
  }

  /** {@code file} is what complaints call it. */
  public static GyreConfig parse(String file, Path folder, String yaml) {
    ConfigFile reader = new ConfigFile(file, folder);
    YamlSection root = reader.compose(yaml);
    GyreConfig config = reader.config(root);
    root.done();
    reader.check(config);
    return config;
  }

  private YamlSection compose(String yaml) {
    try {
      LoaderOptions options = new LoaderOptions();
      options.setMaxAliasesForCollections(10);
      options.setNestingDepthLimit(20);
      Node node = new Yaml(options).compose(new StringReader(yaml));
      return node == null ? YamlSection.empty(file, "") : new YamlSection(file, "", node);
    } catch (MarkedYAMLException e) {
      throw new StartFailure(
          file + ":" + (e.getProblemMark().getLine() + 1) + ": not YAML: " + e.getProblem(), e);
    } catch (YAMLException e) {
      throw new StartFailure(
          file + ": not YAML: " + e.getMessage().lines().findFirst().orElse(""), e);
    }
  }

  private GyreConfig config(YamlSection root) {
    Path data = root.value("data", this::path).orElse(folder.resolve("gyre-data"));
    return new GyreConfig(
        data,
        root.value("listen", HostPort::parse).orElse(new HostPort("0.0.0.0", 8080)),
        FrontSection.read(root),
        root.optionalSection("tls").map(tls -> TlsSection.read(file, tls, this::path, data)),
        admin(root.section("admin"), 8081),
        CacheSection.read(file, root.section("cache")),
        CompressionConfig.read(root.section("compression")),
        signalling(root.section("signalling")),
        worker(root.section("worker")),
        ice(root.section("ice")),
        executor(root.section("executor")),
        trust(root.section("trust")),
        FrontSection.limits(root.section("limits")),
        root.optionalSection("access-log").map(this::accessLog),
        keys(root.section("keys")),
        root.sections("sites").stream().map(site -> SiteSection.read(site, this::path)).toList(),
        root.sections("apps").stream().map(this::app).toList());
  }

  private AdminConfig admin(YamlSection section, int defaultPort) {
    AdminConfig admin =
        new AdminConfig(
            section.value("listen", HostPort::parse).orElse(new HostPort("127.0.0.1", defaultPort)),
            section.text("token"));
    section.done();
    if (!admin.listen().isLoopback() && admin.token().isEmpty()) {
      throw new StartFailure(
          file
              + ": admin.listen "
              + admin.listen()
              + " is not on loopback; set admin.token as well");
    }
    return admin;
  }

  private SignallingConfig signalling(YamlSection section) {
    AddressRanges trusted = FrontSection.trustedProxies(section);
    SignallingConfig signalling =
        new SignallingConfig(
            section.value("listen", HostPort::parse).orElse(new HostPort("127.0.0.1", 8090)),
            section.value("url", ConfigFile::signallingUrl),
            admin(section.section("admin"), 8091),
            section.value("node", ConfigFile::node),
            trusted.ranges().isEmpty() ? LOOPBACK : trusted,
            section.value("connections", Scalars::count).orElse(20_000),
            section.value("connections-per-address", Scalars::count).orElse(200));
    section.done();
    return signalling;
  }

  private WorkerConfig worker(YamlSection section) {
    int cores = Runtime.getRuntime().availableProcessors();
    WorkerConfig worker =
        new WorkerConfig(
            section.value("listen", HostPort::parse).orElse(new HostPort("127.0.0.1", 8100)),
            admin(section.section("admin"), 8101),
            section.value("chromium", this::path),
            section.value("chromedriver", this::path),
            section.value("tabs", Scalars::count).orElse(1),
            section.value("threads", Scalars::count).orElse(cores));
    section.done();
    return worker;
  }

  private IceConfig ice(YamlSection section) {
    IceConfig ice =
        new IceConfig(
            section.sections("servers").stream().map(this::iceServer).toList(),
            section
                .value("loopback", text -> Scalars.choice(IceConfig.Loopback.class, text))
                .orElse(IceConfig.Loopback.AUTO));
    section.done();
    return ice;
  }

  private IceConfig.Server iceServer(YamlSection section) {
    IceConfig.Server server =
        new IceConfig.Server(
            section.list("urls", text -> text),
            section.text("username"),
            section.text("credential"));
    section.done();
    return server;
  }

  private ExecutorConfig executor(YamlSection section) {
    ExecutorConfig executor =
        new ExecutorConfig(
            section.value("workerd", this::path),
            section.value("deadline", Units::duration).orElse(Duration.ofSeconds(10)),
            section.value("memory", Units::bytes).orElse(512L << 20));
    section.done();
    return executor;
  }

  private TrustConfig trust(YamlSection section) {
    TrustConfig trust =
        new TrustConfig(
            section.list("proxies", text -> text), section.list("workers", text -> text));
    section.done();
    return trust;
  }

  private AccessLogConfig accessLog(YamlSection section) {
    AccessLogConfig log =
        new AccessLogConfig(
            section.required("file", this::path),
            section
                .value("format", text -> Scalars.choice(AccessLogConfig.Format.class, text))
                .orElse(AccessLogConfig.Format.COMBINED));
    section.done();
    return log;
  }

  private static KeysConfig keys(YamlSection section) {
    KeysConfig keys =
        new KeysConfig(section.value("rotation", ConfigFile::rotation).orElse(Duration.ofDays(30)));
    section.done();
    return keys;
  }

  private static Duration rotation(String text) {
    Duration rotation = Units.duration(text);
    if (rotation.compareTo(KeysConfig.SHORTEST) < 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is less than " + KeysConfig.SHORTEST.toHours() + "h");
    }
    return rotation;
  }

  private AppConfig app(YamlSection section) {
    AppConfig app =
        new AppConfig(
            section.required(
                "name", text -> Scalars.matching(APP_NAME, text, "a name of [a-z0-9-]")),
            section.required("file", this::path),
            section.texts("vars"));
    section.done();
    return app;
  }

  private void check(GyreConfig config) {
    boolean proxyProtocol =
        config.front().proxyProtocol() || config.tls().filter(TlsConfig::proxyProtocol).isPresent();
    if (proxyProtocol && config.front().trustedProxies().ranges().isEmpty()) {
      throw new StartFailure(
          file + ": proxy-protocol is believed of trusted-proxies only; name them");
    }
    for (SiteConfig site : config.sites()) {
      if (site.hosts().isEmpty()) {
        throw new StartFailure(
            file + ": site '" + site.id() + "' has no hosts; \"*\" takes every name");
      }
      for (RouteConfig route : site.routes()) {
        if (route.app().isPresent() && config.app(route.app().get()).isEmpty()) {
          throw new StartFailure(
              file
                  + ": route "
                  + route.match()
                  + " names the app '"
                  + route.app().get()
                  + "', which apps does not list");
        }
      }
    }
  }

  private Path path(String text) {
    return folder.resolve(text).normalize();
  }

  private static URI signallingUrl(String text) {
    URI uri = URI.create(text);
    String scheme = uri.getScheme();
    if (uri.getHost() == null || !("ws".equals(scheme) || "wss".equals(scheme))) {
      throw new IllegalArgumentException("'" + text + "' is not a ws:// or wss:// address");
    }
    return uri;
  }

  private static String node(String text) {
    return Scalars.matching(Pattern.compile("[a-z0-9]{1,16}"), text, "1 to 16 of [a-z0-9]");
  }
}
