package gyre.proxy.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import gyre.operations.config.HttpsConfig;
import gyre.proxy.fetch.Comings;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.proxy.route.Route;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpsPolicyTest {
  private static final String STS = "strict-transport-security";
  private Headers sites = Headers.EMPTY;

  @ParameterizedTest
  @CsvSource({
    "443,  a.test,      /x?y=1, https://a.test/x?y=1",
    "8443, a.test:8080, /,      https://a.test:8443/",
    "443,  [::1]:8080,  /,      https://[::1]/",
    "443,  a.test,      *,      https://a.test/",
    "443,  a.test,      //b/c,  https://a.test//b/c",
  })
  void httpLeadsToTheSameUrlByHttps(int port, String authority, String target, String location)
      throws Exception {
    Response response = answer(policy(true, false, port), "http", authority, target);
    assertEquals(308, response.status());
    assertEquals(location, response.headers().first("location").orElse(""));
    assertFalse(response.headers().contains(STS));
  }

  @Test
  void challengesAndHttpsAreAnsweredWhereTheyAre() throws Exception {
    HttpsPolicy policy = policy(true, false, 443);
    assertEquals(
        200, answer(policy, "http", "a.test", "/.well-known/acme-challenge/token").status());
    assertEquals(200, answer(policy, "https", "a.test", "/").status());
  }

  @Test
  void onlyOverHttpsBrowsersAreToldToInsistOnIt() throws Exception {
    HttpsPolicy policy = policy(false, true, 443);
    String sts = "max-age=15552000; includeSubDomains";
    assertEquals(sts, sts(answer(policy, "https", "a.test", "/")));
    assertEquals(sts, sts(answer(policy, "https", "a.test", "/later")));
    assertEquals("", sts(answer(policy, "http", "a.test", "/")));
    assertEquals("", sts(answer(policy(false, false, 443), "https", "a.test", "/")));
  }

  @Test
  void whatTheSiteSaysItselfStays() throws Exception {
    sites = Headers.of(STS, "max-age=1");
    assertEquals("max-age=1", sts(answer(policy(false, true, 443), "https", "a.test", "/")));
  }

  private static String sts(Response response) {
    return response.headers().joined(STS).orElse("");
  }

  private HttpsPolicy policy(boolean redirect, boolean hsts, int port) {
    Optional<HttpsConfig.Hsts> wanted =
        hsts ? Optional.of(new HttpsConfig.Hsts(Duration.ofDays(180), true)) : Optional.empty();
    return new HttpsPolicy(new Site(), new HttpsConfig(redirect, Optional.empty(), wanted), port);
  }

  private static Response answer(HttpsPolicy policy, String scheme, String authority, String target)
      throws Exception {
    Request request =
        new Request(
            "GET",
            scheme,
            authority,
            target,
            Headers.EMPTY,
            Body.EMPTY,
            InetAddress.getLoopbackAddress());
    return switch (policy.tryNow(request)) {
      case Decision.Answer(Response response) -> response;
      case Decision.Pending pending -> policy.serve(pending);
      case Decision.Coming coming -> Comings.await(coming, policy);
      case Decision.Tunnel tunnel -> throw new AssertionError();
    };
  }

  private final class Site implements RequestService {
    @Override
    public Decision tryNow(Request request) {
      return request.target().equals("/later")
          ? new Decision.Pending(request, new Route.Reject(404, "later"))
          : new Decision.Answer(new Response(200, sites, Body.EMPTY));
    }

    @Override
    public Response serve(Decision.Pending pending) {
      return new Response(200, sites, Body.EMPTY);
    }
  }
}
