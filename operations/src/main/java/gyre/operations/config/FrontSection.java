package gyre.operations.config;

import gyre.operations.address.AddressRange;
import gyre.operations.address.AddressRanges;
import java.time.Duration;

/** Reads what origin-proxy's public listeners have in common: keys of the file's first level. */
final class FrontSection {
  private FrontSection() {}

  static FrontConfig read(YamlSection root) {
    return new FrontConfig(
        trustedProxies(root),
        root.flag("proxy-protocol"),
        https(root),
        drain(root.section("drain")));
  }

  static AddressRanges trustedProxies(YamlSection section) {
    return new AddressRanges(section.list("trusted-proxies", AddressRange::parse));
  }

  static LimitsConfig limits(YamlSection section) {
    LimitsConfig limits =
        new LimitsConfig(
            section.value("body", Units::bytes).orElse(1L << 30),
            section.value("body-rate", Units::bytes).orElse(256L),
            perClient(section.section("per-client")));
    section.done();
    return limits;
  }

  private static LimitsConfig.PerClient perClient(YamlSection section) {
    LimitsConfig.PerClient limits =
        new LimitsConfig.PerClient(
            section
                .value("connections", Scalars::count)
                .orElse(LimitsConfig.PerClient.DEFAULT.connections()),
            section.value("requests-per-second", Scalars::count),
            section.value("burst", Scalars::count));
    section.done();
    return limits;
  }

  private static DrainConfig drain(YamlSection section) {
    DrainConfig drain =
        new DrainConfig(
            section.value("delay", Units::duration).orElse(Duration.ZERO),
            section.value("deadline", Units::duration).orElse(Duration.ofSeconds(10)));
    section.done();
    return drain;
  }

  private static HttpsConfig https(YamlSection root) {
    return new HttpsConfig(
        root.flag("redirect-to-https"),
        root.value("https-port", Scalars::port),
        root.optionalSection("hsts").map(FrontSection::hsts));
  }

  private static HttpsConfig.Hsts hsts(YamlSection section) {
    HttpsConfig.Hsts hsts =
        new HttpsConfig.Hsts(
            section.value("max-age", Units::duration).orElse(Duration.ofDays(180)),
            section.flag("include-subdomains"));
    section.done();
    return hsts;
  }
}
