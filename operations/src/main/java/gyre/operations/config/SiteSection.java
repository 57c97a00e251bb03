package gyre.operations.config;

import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads one entry of {@code sites}. */
final class SiteSection {
  private static final Pattern SITE_ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}");

  private SiteSection() {}

  static SiteConfig read(YamlSection section) {
    SiteConfig site =
        new SiteConfig(
            section.required("id", text -> Scalars.matching(SITE_ID, text, "an id of [a-z0-9.-]")),
            section.list("hosts", text -> text.toLowerCase(Locale.ROOT)),
            section.list("upstreams", SiteSection::upstream),
            peers(section.section("peers")),
            section.sections("routes").stream().map(SiteSection::route).toList());
    section.done();
    return site;
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
            section.value("peers", SiteSection::use).orElse(RouteConfig.Use.HEADERS));
    section.done();
    return route;
  }

  private static URI upstream(String text) {
    URI uri = URI.create(text);
    String scheme = uri.getScheme();
    if (uri.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
      throw new IllegalArgumentException("'" + text + "' is not an http:// or https:// address");
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
