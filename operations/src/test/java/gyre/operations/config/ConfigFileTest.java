package gyre.operations.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gyre.operations.start.StartFailure;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  private static final Path FOLDER = Path.of("/etc/gyre");

  private static GyreConfig parse(String yaml) {
    return ConfigFile.parse("gyre.yaml", FOLDER, yaml);
  }

  @Test
  void anEmptyFileGivesEveryDefault() {
    GyreConfig config = parse("");
    assertEquals(FOLDER.resolve("gyre-data"), config.data());
    assertEquals(new HostPort("0.0.0.0", 8080), config.listen());
    assertEquals(URI.create("ws://127.0.0.1:8090"), config.signalling().connectTo());
    assertEquals(Duration.ofSeconds(10), config.executor().deadline());
    assertTrue(config.sites().isEmpty());
  }

  @Test
  void theShapeOfTheDesignIsRead() {
    GyreConfig config =
        parse(
            """
            data: ./d
            listen: 127.0.0.1:0
            tls: { listen: "[::1]:8443", certificates: [{ cert: site.pem, key: site.key }] }
            signalling: { url: wss://signal.example.net }
            ice: { servers: [{ urls: [stun:stun.example.net] }] }
            sites:
              - id: example
                hosts: [WWW.example.com, "*"]
                upstreams: [https://origin.example.com]
                peers: { consent: ask, min-size: 8KiB, min-visitors: 3, hedge-delay: 50ms }
                routes:
                  - { match: /api/search*, app: search }
                  - { match: /account/*, cache: never, peers: never }
                  - { match: /shop/*, set-cookie: shared }
            apps:
              - { name: search, file: apps/search.js, vars: { MODE: fast } }
            """);
    assertEquals(FOLDER.resolve("d"), config.data());
    assertEquals(new HostPort("::1", 8443), config.tls().orElseThrow().listen());
    SiteConfig site = config.siteOf("www.example.com").orElseThrow();
    assertEquals(PeersConfig.Consent.ASK, site.peers().consent());
    assertEquals(8192, site.peers().minSize());
    assertEquals(3, site.peers().minVisitors());
    assertEquals(
        List.of(Optional.of("search"), Optional.empty(), Optional.empty()),
        site.routes().stream().map(RouteConfig::app).toList());
    assertEquals(RouteConfig.Use.NEVER, site.routes().get(1).peers());
    assertEquals(RouteConfig.Cookies.PRIVATE, site.routes().get(1).setCookie());
    assertEquals(RouteConfig.Cookies.SHARED, site.routes().get(2).setCookie());
    assertEquals(Map.of("MODE", "fast"), config.app("search").orElseThrow().vars());
    assertEquals(URI.create("wss://signal.example.net"), config.signalling().connectTo());
  }

  @Test
  void howUpstreamsAreAskedIsRead() {
    SiteConfig site =
        parse(
                """
                sites:
                  - id: example
                    hosts: [www.example.com]
                    upstreams: [https://a.example.com, https://b.example.com]
                    upstream-health: { path: /healthz, interval: 1s }
                    upstream-ca: own-ca.pem
                    upstream-forwarded: x-forwarded
                    upstream-protocol: h2
                    routes: [{ match: /slow/*, timeout: 120s, between: 5m }]
                """)
            .sites()
            .getFirst();
    assertEquals(
        new UpstreamConfig(
            Optional.of(
                new UpstreamConfig.Health(
                    "/healthz", Duration.ofSeconds(1), Duration.ofSeconds(2))),
            Optional.of(FOLDER.resolve("own-ca.pem")),
            UpstreamConfig.Forwarding.X_FORWARDED,
            UpstreamConfig.Protocol.H2),
        site.upstream());
    assertEquals(Optional.of(Duration.ofMinutes(2)), site.routes().getFirst().timeout());
    assertEquals(Optional.of(Duration.ofMinutes(5)), site.routes().getFirst().between());
  }

  @Test
  void whoIsAskedForCertificatesIsReadWithItsDefaults() {
    assertEquals(
        new AcmeConfig(
            URI.create("https://acme-v02.api.letsencrypt.org/directory"),
            Optional.empty(),
            FOLDER.resolve("state/acme"),
            List.of(AcmeConfig.Challenge.HTTP_01, AcmeConfig.Challenge.TLS_ALPN_01),
            Optional.empty(),
            Optional.empty()),
        acme("data: state\ntls: { acme: { terms-agreed: true } }"));
    assertEquals(
        new AcmeConfig(
            URI.create("https://ca.test/dir"),
            Optional.of("a@b.test"),
            FOLDER.resolve("kept"),
            List.of(AcmeConfig.Challenge.TLS_ALPN_01),
            Optional.of(FOLDER.resolve("ca.pem")),
            Optional.of(Duration.ofDays(20))),
        acme(
            """
            tls:
              acme:
                { terms-agreed: true, directory: "https://ca.test/dir", email: a@b.test, folder: kept,
                  challenges: [tls-alpn-01], ca: ca.pem, renew-before: 20d }
            """));
  }

  private static AcmeConfig acme(String yaml) {
    return parse(yaml).tls().orElseThrow().acme().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          listne: 1                                   | gyre.yaml:1: listne: is not a key that Gyre knows; did you mean 'listen'?
          listen: nowhere                             | gyre.yaml:1: listen: 'nowhere' is not host:port, for example 127.0.0.1:8080
          listen: [a, b]                              | gyre.yaml:1: listen: takes a single value
          sites: 4                                    | gyre.yaml:1: sites: takes a list
          sites: [{ hosts: ["*"] }]                   | gyre.yaml: sites[0].id is missing
          sites: [{ id: a }]                          | gyre.yaml: site 'a' has no hosts; "*" takes every name
          sites: [{ id: a, hosts: [b], upstreams: [ftp://x] }] | gyre.yaml:1: sites[0].upstreams: 'ftp://x' is not an http://, https:// or h2c:// address
          sites: [{ id: a, hosts: [b], upstream-health: {} }] | gyre.yaml: sites[0].upstream-health.path is missing
          sites: [{ id: a, hosts: [b], upstream-health: { path: x } }] | gyre.yaml:1: sites[0].upstream-health.path: 'x' does not begin with /
          sites: [{ id: a, hosts: [b], upstream-health: { path: "/ x" } }] | gyre.yaml:1: sites[0].upstream-health.path: '/ x' is not the path of a URL
          sites: [{ id: a, hosts: [b], upstream-health: { path: /, interval: 0s } }] | gyre.yaml:1: sites[0].upstream-health.interval: '0s' is not between 1ms and 24h
          sites: [{ id: a, hosts: [b], upstream-forwarded: none }] | gyre.yaml:1: sites[0].upstream-forwarded: 'none' is none of both, forwarded, x-forwarded
          sites: [{ id: a, hosts: [b], routes: [{ match: /x, timeout: 25h }] }] | gyre.yaml:1: sites[0].routes[0].timeout: '25h' is not between 1ms and 24h
          sites: [{ id: a, hosts: [b], routes: [{ match: /x, between: long }] }] | gyre.yaml:1: sites[0].routes[0].between: 'long' is not a duration such as 150ms, 10s, 5m, 1h or 1d
          cache: { memory: 12 elephants }             | gyre.yaml:1: cache.memory: '12 elephants' is not a size such as 512, 16KiB, 64MiB or 2GiB
          cache: { memory: 999999999999999GiB }       | gyre.yaml:1: cache.memory: long overflow
          cache: { disk: 1GiB, largest: 513MiB }      | gyre.yaml: cache.largest is more than 16GiB, or than half of cache.disk
          cache: { negative-ttl: soon }               | gyre.yaml:1: cache.negative-ttl: 'soon' is not a duration such as 150ms, 10s, 5m, 1h or 1d
          ice: { loopback: maybe }                    | gyre.yaml:1: ice.loopback: 'maybe' is none of auto, on, off
          admin: { listen: 0.0.0.0:8081 }             | gyre.yaml: admin.listen 0.0.0.0:8081 is not on loopback; set admin.token as well
          limits: { body: much }                      | gyre.yaml:1: limits.body: 'much' is not a size such as 512, 16KiB, 64MiB or 2GiB
          access-log: { format: json }                | gyre.yaml: access-log.file is missing
          trusted-proxies: [10.0.0.1/8]               | gyre.yaml:1: trusted-proxies: 10.0.0.1 has bits beyond its /8
          proxy-protocol: yes                         | gyre.yaml:1: proxy-protocol: 'yes' is neither true nor false
          proxy-protocol: true                        | gyre.yaml: proxy-protocol is believed of trusted-proxies only; name them
          tls: {}                                     | gyre.yaml: tls.certificates is empty; name a cert and its key, have tls.acme get certificates, or drop tls
          tls: { acme: {} }                           | gyre.yaml: tls.acme.terms-agreed is not true; certificates are issued only to who agrees to the CA's terms, which https://acme-v02.api.letsencrypt.org/directory names
          tls: { acme: { directory: "http://ca.test/dir" } } | gyre.yaml:1: tls.acme.directory: 'http://ca.test/dir' is not an https:// address
          tls: { acme: { email: nobody } }            | gyre.yaml:1: tls.acme.email: 'nobody' is not an e-mail address
          tls: { acme: { challenges: [dns-01] } }     | gyre.yaml:1: tls.acme.challenges: 'dns-01' is none of http-01, tls-alpn-01
          tls: { acme: { renew-before: later } }      | gyre.yaml:1: tls.acme.renew-before: 'later' is not a duration such as 150ms, 10s, 5m, 1h or 1d
          tls: { acme: { key: a } }                   | gyre.yaml:1: tls.acme.key: is not a key that Gyre knows; did you mean 'ca'?
          tls: { proxy-protocol: true, http3: true, certificates: [{ cert: a, key: b }] } | gyre.yaml: tls.http3 takes packets from visitors themselves; with tls.proxy-protocol they come by another server
          https-port: 70000                           | gyre.yaml:1: https-port: 70000 is no port
          hsts: { max-age: long }                     | gyre.yaml:1: hsts.max-age: 'long' is not a duration such as 150ms, 10s, 5m, 1h or 1d
          limits: { per-client: { burst: 0 } }        | gyre.yaml:1: limits.per-client.burst: 0 is less than 1
          signalling: { trusted-proxies: [here] }     | gyre.yaml:1: signalling.trusted-proxies: 'here' is not an IP address or range such as 10.0.0.0/8 or ::1
          keys: { rotation: 5m }                      | gyre.yaml:1: keys.rotation: '5m' is less than 1h
          data: 1, data: 2                            | gyre.yaml:1: not YAML: mapping values are not allowed here
          """)
  void aMistakeIsNamedWithFileLineAndKey(String yaml, String complaint) {
    StartFailure failure = assertThrows(StartFailure.class, () -> parse(yaml.strip()));
    assertEquals(complaint.strip(), failure.getMessage());
  }

  @Test
  void aKeyThatStandsTwiceIsRefused() {
    StartFailure failure = assertThrows(StartFailure.class, () -> parse("data: a\ndata: b\n"));
    assertEquals("gyre.yaml:2: data: stands twice", failure.getMessage());
  }

  @Test
  void aRouteToAnAppThatDoesNotExistIsRefused() {
    StartFailure failure =
        assertThrows(
            StartFailure.class,
            () -> parse("sites: [{ id: a, hosts: [b], routes: [{ match: /x, app: ghost }] }]"));
    assertTrue(failure.getMessage().contains("names the app 'ghost'"), failure.getMessage());
  }

  @Test
  void aFileThatDoesNotExistIsOneLine() {
    StartFailure failure =
        assertThrows(StartFailure.class, () -> ConfigFile.read(Path.of("/nowhere/gyre.yaml")));
    assertTrue(failure.getMessage().startsWith("/nowhere/gyre.yaml: cannot be read"));
  }
}
