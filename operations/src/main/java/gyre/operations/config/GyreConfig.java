package gyre.operations.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The whole of gyre.yaml. One file serves every server; each reads the parts that concern it. */
public record GyreConfig(
    Path data,
    HostPort listen,
    FrontConfig front,
    Optional<TlsConfig> tls,
    AdminConfig admin,
    CacheConfig cache,
    CompressionConfig compression,
    SignallingConfig signalling,
    WorkerConfig worker,
    IceConfig ice,
    ExecutorConfig executor,
    TrustConfig trust,
    LimitsConfig limits,
    Optional<AccessLogConfig> accessLog,
    KeysConfig keys,
    List<SiteConfig> sites,
    List<AppConfig> apps) {
  public GyreConfig {
    sites = List.copyOf(sites);
    apps = List.copyOf(apps);
  }

  public Optional<AppConfig> app(String name) {
    return apps.stream().filter(app -> app.name().equals(name)).findFirst();
  }

  /** The site that takes this host name: an exact name before {@code *}. */
  public Optional<SiteConfig> siteOf(String host) {
    return sites.stream()
        .filter(site -> site.hosts().contains(host))
        .findFirst()
        .or(() -> sites.stream().filter(site -> site.hosts().contains("*")).findFirst());
  }
}
