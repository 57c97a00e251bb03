package gyre.operations.config;

import gyre.operations.start.StartFailure;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads {@code tls}: HTTPS and where its certificates come from. */
final class TlsSection {
  private static final URI LETS_ENCRYPT =
      URI.create("https://acme-v02.api.letsencrypt.org/directory");

  private static final Pattern EMAIL = Pattern.compile("[^\\s@:?,]{1,64}@[^\\s@:?,]{1,253}");

  private TlsSection() {}

  /** {@code path}: of a file that gyre.yaml names. {@code data}: where state is kept. */
  static TlsConfig read(String file, YamlSection section, Function<String, Path> path, Path data) {
    TlsConfig tls =
        new TlsConfig(
            section.value("listen", HostPort::parse).orElse(new HostPort("0.0.0.0", 8443)),
            section.flag("proxy-protocol"),
            section.sections("certificates").stream().map(one -> certificate(one, path)).toList(),
            section.optionalSection("acme").map(acme -> acme(file, acme, path, data)),
            section.flag("http3"));
    section.done();
    if (tls.certificates().isEmpty() && tls.acme().isEmpty()) {
      throw new StartFailure(
          file
              + ": tls.certificates is empty; name a cert and its key, have tls.acme get"
              + " certificates, or drop tls");
    }
    if (tls.http3() && tls.proxyProtocol()) {
      throw new StartFailure(
          file
              + ": tls.http3 takes packets from visitors themselves; with tls.proxy-protocol they"
              + " come by another server");
    }
    return tls;
  }

  private static TlsConfig.Certificate certificate(
      YamlSection section, Function<String, Path> path) {
    TlsConfig.Certificate certificate =
        new TlsConfig.Certificate(section.required("cert", path), section.required("key", path));
    section.done();
    return certificate;
  }

  private static AcmeConfig acme(
      String file, YamlSection section, Function<String, Path> path, Path data) {
    boolean agreed = section.flag("terms-agreed");
    List<AcmeConfig.Challenge> challenges =
        section
            .list("challenges", text -> Scalars.choice(AcmeConfig.Challenge.class, text))
            .stream()
            .distinct()
            .toList();
    AcmeConfig acme =
        new AcmeConfig(
            section.value("directory", TlsSection::directory).orElse(LETS_ENCRYPT),
            section.value("email", TlsSection::email),
            section.value("folder", path).orElse(data.resolve("acme")),
            challenges.isEmpty() ? List.of(AcmeConfig.Challenge.values()) : challenges,
            section.value("ca", path),
            section.value("renew-before", Units::duration));
    section.done();
    if (!agreed) {
      throw new StartFailure(
          file
              + ": tls.acme.terms-agreed is not true; certificates are issued only to who agrees"
              + " to the CA's terms, which "
              + acme.directory()
              + " names");
    }
    return acme;
  }

  private static URI directory(String text) {
    URI uri = URI.create(text);
    if (uri.getHost() == null || !"https".equals(uri.getScheme())) {
      throw new IllegalArgumentException("'" + text + "' is not an https:// address");
    }
    return uri;
  }

  private static String email(String text) {
    return Scalars.matching(EMAIL, text, "an e-mail address");
  }
}
