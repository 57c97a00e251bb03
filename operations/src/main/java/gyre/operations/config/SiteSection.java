package gyre.operations.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads one entry of {@code sites}. */
final class SiteSection {
  private static final Pattern SITE_ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

  private static final List<String> SCHEMES = List.of("http", "https", "h2c");
  private static final Duration LONGEST_WAIT = Duration.ofHours(24);

  private SiteSection() {}

  /** {@code path}: of a file that gyre.yaml names. */
  static SiteConfig read(YamlSection section, Function<String, Path> path) {
    SiteConfig site =
        new SiteConfig(
            section.required("id", text -> Scalars.matching(SITE_ID, text, "an id of [a-z0-9.-]")),
            section.list("hosts", text -> text.toLowerCase(Locale.ROOT)),
            section.list("upstreams", SiteSection::upstream),
            upstreams(section, path),
            peers(section.section("peers")),
            section.sections("routes").stream().map(SiteSection::route).toList());
    section.done();
    return site;
  }

  private static UpstreamConfig upstreams(YamlSection site, Function<String, Path> path) {
    return new UpstreamConfig(
        site.optionalSection("upstream-health").map(SiteSection::health),
        site.value("upstream-ca", path),
        site.value(
                "upstream-forwarded", text -> Scalars.choice(UpstreamConfig.Forwarding.class, text))
            .orElse(UpstreamConfig.Forwarding.BOTH),
        site.value("upstream-protocol", text -> Scalars.choice(UpstreamConfig.Protocol.class, text))
            .orElse(UpstreamConfig.Protocol.AUTO));
  }

  private static UpstreamConfig.Health health(YamlSection section) {
    UpstreamConfig.Health health =
        new UpstreamConfig.Health(
            section.required("path", SiteSection::healthPath),
            section.value("interval", SiteSection::wait).orElse(Duration.ofSeconds(5)),
            section.value("timeout", SiteSection::wait).orElse(Duration.ofSeconds(2)));
    section.done();
    return health;
  }

  private static String healthPath(String text) {
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '#')) {
      throw new IllegalArgumentException("'" + text + "' is not the path of a URL");
    }
    return pathPattern(text);
  }

  private static Duration wait(String text) {
    Duration wait = Units.duration(text);
    if (wait.isZero() || wait.compareTo(LONGEST_WAIT) > 0) {
      throw new IllegalArgumentException(
          "'" + text + "' is not between 1ms and " + LONGEST_WAIT.toHours() + "h");
    }
    return wait;
  }

  private static PeersConfig peers(YamlSection section) {
    PeersConfig peers =
        new PeersConfig(
            section
                .value("consent", text -> Scalars.choice(PeersConfig.Consent.class, text))
                .orElse(PeersConfig.Consent.UNSET),
            section.value("min-size", Units::bytes).orElse(16L << 10),
            section.value("min-visitors", SiteSection::visitors).orElse(2),
            section.list("peer-first", text -> text),
            section.value("hedge-delay", Units::duration).orElse(Duration.ofMillis(150)),
            section.value("element-delay", Units::duration).orElse(Duration.ofMillis(300)),
            section.value("upload-rate", Units::bytes).orElse(2L << 20),
            section.value("upload-volume", Units::bytes).orElse(200L << 20));
    section.done();
    return peers;
  }

  private static RouteConfig route(YamlSection section) {
    RouteConfig route =
        new RouteConfig(
            section.required("match", SiteSection::pathPattern),
            section.text("app"),
            section.value("cache", SiteSection::use).orElse(RouteConfig.Use.HEADERS),
            section.value("peers", SiteSection::use).orElse(RouteConfig.Use.HEADERS),
            section
                .value("set-cookie", text -> Scalars.choice(RouteConfig.Cookies.class, text))
                .orElse(RouteConfig.Cookies.PRIVATE),
            section.value("timeout", SiteSection::wait),
            section.value("between", SiteSection::wait));
    section.done();
    return route;
  }

  private static URI upstream(String text) {
    URI uri = URI.create(text);
    String scheme = uri.getScheme();
    if (uri.getHost() == null || scheme == null || !SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an http://, https:// or h2c:// address");
    }
    return uri;
  }

  private static String pathPattern(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("'" + text + "' does not begin with /");
    }
    return text;
  }

  private static int visitors(String text) {
    int count = Scalars.count(text);
    if (count > PeersConfig.MOST_MIN_VISITORS) {
      throw new IllegalArgumentException(text + " is more than " + PeersConfig.MOST_MIN_VISITORS);
    }
    return count;
  }

  private static RouteConfig.Use use(String text) {
    return Scalars.choice(RouteConfig.Use.class, text);
  }
}
