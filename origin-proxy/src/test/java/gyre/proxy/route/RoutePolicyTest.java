package gyre.proxy.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gyre.operations.config.ConfigFile;
import gyre.proxy.cache.Messages;
import gyre.proxy.message.Body;
import gyre.proxy.message.Request;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutePolicyTest {
  private final RoutePolicy policy =
      new RoutePolicy(
          ConfigFile.parse(
                  "test",
                  Path.of("/"),
                  """
                  apps: [{ name: search, file: search.js }]
                  sites:
                    - id: one
                      hosts: [site.test]
                      upstreams: ["http://127.0.0.1:1"]
                      routes:
                        - { match: "/api/search*", app: search }
                        - { match: "/account/*", cache: never, peers: never }
                        - { match: "/*.mp4", peers: never }
                    - id: two
                      hosts: [other.test]
                      upstreams: ["http://127.0.0.1:1"]
                  """)
              .sites());

  @ParameterizedTest(name = "{0} {1} {2} -> {3}")
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          GET,     /a,                       ``,                      cacheable one true
          HEAD,    /a,                       ``,                      cacheable one true
          GET,     /a.mp4,                   ``,                      cacheable one false
          GET,     /a.mp4?x=1,               ``,                      cacheable one false
          POST,    /a,                       ``,                      pass METHOD
          OPTIONS, *,                        ``,                      pass METHOD
          GET,     /a,                       authorization: Basic x,  cacheable one false
          GET,     /a,                       cookie: a=b,             cacheable one true
          GET,     /a,                       upgrade: websocket,      pass REQUEST
          GET,     /api/search?q=x,          ``,                      app search
          POST,    /api/search,              ``,                      app search
          GET,     /api/%73earch,            ``,                      app search
          GET,     /account/x,               ``,                      pass BYPASS
          GET,     /accoun%74/x,             ``,                      pass BYPASS
          GET,     /x/../account/x,          ``,                      pass BYPASS
          GET,     /x/%2e%2e/account/x,      ``,                      pass BYPASS
          GET,     //account//x,             ``,                      pass BYPASS
          GET,     /./account/./x,           ``,                      pass BYPASS
          GET,     /peer-client.js,          ``,                      own
          GET,     /peer-sw.js,              ``,                      own
          GET,     /.gyre/session,           ``,                      own
          POST,    /.gyre/x,                 ``,                      own
          TRACE,   /,                        ``,                      reject 405
          CONNECT, /,                        ``,                      reject 405
          """)
  void theWayOfARequest(String method, String target, String headers, String expected) {
    assertEquals(expected, name(policy.route(Messages.request(method, target, headers))));
  }

  @Test
  void aGetWithContentIsItsSendersOwn() {
    Request plain = Messages.get("");
    Request fat =
        new Request(
            "GET",
            "http",
            "site.test",
            "/a",
            plain.headers(),
            Body.of(new byte[] {1}),
            plain.client());
    assertEquals("pass REQUEST", name(policy.route(fat)));
  }

  @Test
  void aHostThatIsNoSiteIsMisdirected() {
    Request request = Messages.get("");
    Request stray =
        new Request(
            "GET",
            "http",
            "stranger.test:8080",
            "/",
            request.headers(),
            request.body(),
            request.client());
    assertEquals("reject 421", name(policy.route(stray)));
  }

  @ParameterizedTest
  @CsvSource({
    "/a*, /abc, true",
    "/a*c, /abc, true",
    "/a*c, /abd, false",
    "*, /x, true",
    "/a, /a, true",
    "/a, /ab, false",
    "/*/x, /a/b/x, true",
    "/a**b, /ab, true",
    "/*a*a*a*a*b, /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false"
  })
  void patterns(String pattern, String path, boolean matches) {
    assertEquals(matches, PathPattern.matches(pattern, path));
  }

  private static String name(Route route) {
    return switch (route) {
      case Route.Reject reject -> "reject " + reject.status();
      case Route.Own own -> "own";
      case Route.App app -> "app " + app.name();
      case Route.Pass pass -> "pass " + pass.why();
      case Route.Cacheable cacheable ->
          "cacheable " + cacheable.site().id() + " " + cacheable.peers();
    };
  }
}
