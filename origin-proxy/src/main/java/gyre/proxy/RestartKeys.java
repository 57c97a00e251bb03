package gyre.proxy;

import gyre.operations.config.FrontConfig;
import gyre.operations.config.GyreConfig;
import gyre.operations.config.TlsConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The keys of gyre.yaml that a running origin-proxy cannot change. Pure. */
final class RestartKeys {
  private record Key(String name, Function<GyreConfig, Object> value) {}

  private static final List<Key> KEYS =
      List.of(
          new Key("data", GyreConfig::data),
          new Key("listen", GyreConfig::listen),
          new Key("proxy-protocol", c -> c.front().proxyProtocol()),
          new Key("tls.listen", c -> c.tls().map(TlsConfig::listen)),
          new Key("tls.proxy-protocol", c -> c.tls().map(TlsConfig::proxyProtocol)),
          new Key("tls.http3", c -> c.tls().map(TlsConfig::http3)),
          new Key("tls.acme", c -> c.tls().flatMap(TlsConfig::acme)),
          new Key("admin", GyreConfig::admin),
          new Key("cache", GyreConfig::cache),
          new Key("signalling", GyreConfig::signalling),
          new Key("ice", GyreConfig::ice),
          new Key("executor", GyreConfig::executor),
          new Key("trust", GyreConfig::trust),
          new Key("keys", GyreConfig::keys));

  private RestartKeys() {}

  /** Those whose values differ. */
  static List<String> changed(GyreConfig running, GyreConfig fresh) {
    List<String> changed = new ArrayList<>();
    for (Key key : KEYS) {
      if (!key.value().apply(running).equals(key.value().apply(fresh))) {
        changed.add(key.name());
      }
    }
    return changed;
  }

  /** The fresh configuration with the running values of these keys. */
  static GyreConfig applicable(GyreConfig running, GyreConfig fresh) {
    FrontConfig front = fresh.front();
    return new GyreConfig(
        running.data(),
        running.listen(),
        new FrontConfig(
            front.trustedProxies(), running.front().proxyProtocol(), front.https(), front.drain()),
        tls(running, fresh),
        running.admin(),
        running.cache(),
        fresh.compression(),
        running.signalling(),
        fresh.worker(),
        running.ice(),
        running.executor(),
        running.trust(),
        fresh.limits(),
        fresh.accessLog(),
        running.keys(),
        fresh.sites(),
        fresh.apps());
  }

  private static Optional<TlsConfig> tls(GyreConfig running, GyreConfig fresh) {
    return running
        .tls()
        .map(
            old ->
                new TlsConfig(
                    old.listen(),
                    old.proxyProtocol(),
                    certificates(old, fresh.tls()),
                    old.acme(),
                    old.http3()));
  }

  /** Without ACME there is no listener without a certificate. */
  private static List<TlsConfig.Certificate> certificates(
      TlsConfig old, Optional<TlsConfig> fresh) {
    return fresh
        .map(TlsConfig::certificates)
        .filter(files -> old.acme().isPresent() || !files.isEmpty())
        .orElse(old.certificates());
  }
}
