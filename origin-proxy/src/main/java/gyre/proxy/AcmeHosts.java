package gyre.proxy;

import gyre.operations.config.GyreConfig;
import gyre.operations.config.SiteConfig;
import gyre.operations.config.TlsConfig;
import gyre.operations.start.StartFailure;
import gyre.proxy.certificate.PemPair;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** For which hosts of a configuration certificates are asked: those that no file is for. */
record AcmeHosts(List<String> asked, List<String> left) {
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*]");

  AcmeHosts {
    asked = List.copyOf(asked);
    left = List.copyOf(left);
  }

  /** A StartFailure names a host that no ACME challenge of ours can prove, or a wrong file. */
  static AcmeHosts of(GyreConfig config) {
    List<TlsConfig.Certificate> files = config.tls().map(TlsConfig::certificates).orElse(List.of());
    Set<String> named =
        files.stream()
            .flatMap(file -> PemPair.read(file).names().stream())
            .collect(Collectors.toSet());
    Set<String> asked = new LinkedHashSet<>();
    Set<String> left = new LinkedHashSet<>();
    for (SiteConfig site : config.sites()) {
      for (String host : site.hosts()) {
        if (isCovered(host, named) || (host.equals("*") && !files.isEmpty())) {
          continue;
        }
        (isPublic(host, site) ? asked : left).add(host);
      }
    }
    if (asked.isEmpty() && files.isEmpty()) {
      throw new StartFailure("tls.acme: no site has a host that a certificate can be had for");
    }
    return new AcmeHosts(List.copyOf(asked), List.copyOf(left));
  }

  private static boolean isCovered(String host, Set<String> named) {
    int dot = host.indexOf('.');
    return named.contains(host) || (dot > 0 && named.contains("*" + host.substring(dot)));
  }

  /** Nobody signs for addresses and for localhost; they get what every unknown name gets. */
  private static boolean isPublic(String host, SiteConfig site) {
    if (host.startsWith("*")) {
      throw new StartFailure(
          "tls.acme: the host '"
              + host
              + "' of site '"
              + site.id()
              + "' has no certificate, and a wildcard can be proved by dns-01 alone, which Gyre"
              + " does not do; name each host, or a certificate file for it under"
              + " tls.certificates");
    }
    if (ADDRESS.matcher(host).matches()
        || host.equals("localhost")
        || host.endsWith(".localhost")) {
      return false;
    }
    if (!NAME.matcher(host).matches()) {
      throw new StartFailure(
          "tls.acme: the host '" + host + "' of site '" + site.id() + "' is not a DNS name");
    }
    return true;
  }
}
