package gyre.proxy.secure;

import gyre.operations.config.HttpsConfig;
import gyre.proxy.fetch.Decision;
import gyre.proxy.fetch.RequestService;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.util.Optional;

/**
 * Sends whoever comes by http to https where that is asked for, and tells browsers that come by
 * https to use nothing else (RFC 6797). The scheme is the client's, whatever proxies stand between.
 */
public final class HttpsPolicy implements RequestService {
  private static final String STS = "strict-transport-security";

  private final RequestService service;
  private final boolean redirects;
  private final String port;
  private final Optional<String> sts;

  /** {@code port}: where https is to be had. */
  public HttpsPolicy(RequestService service, HttpsConfig config, int port) {
    this.service = service;
    this.redirects = config.redirect();
    this.port = port == 443 ? "" : ":" + port;
    this.sts = config.hsts().map(HttpsPolicy::sts);
  }

  private static String sts(HttpsConfig.Hsts hsts) {
    return "max-age="
        + hsts.maxAge().toSeconds()
        + (hsts.subdomains() ? "; includeSubDomains" : "");
  }

  @Override
  public Decision tryNow(Request request) {
    if (redirects && request.scheme().equals("http") && !isChallenge(request)) {
      return new Decision.Answer(redirect(request));
    }
    return switch (service.tryNow(request)) {
      case Decision.Answer(Response response) -> new Decision.Answer(told(request, response));
      case Decision.Pending pending -> pending;
      case Decision.Coming coming -> coming.map(response -> told(request, response));
      case Decision.Tunnel tunnel -> tunnel;
    };
  }

  @Override
  public Response serve(Decision.Pending pending) throws InterruptedException {
    return told(pending.request(), service.serve(pending));
  }

  /** Validation of names by ACME begins in cleartext (RFC 8555, 8.3), also when it is others'. */
  private static boolean isChallenge(Request request) {
    return request.target().startsWith(ChallengeAnswers.PATH);
  }

  private Response redirect(Request request) {
    String target = request.target().equals("*") ? "/" : request.target();
    Response response = Response.text(308, "gyre: this site is to be had by https");
    return response.withHeaders(
        response.headers().and("location", "https://" + request.host() + port + target));
  }

  /** What the site says itself outweighs the proxy's word. */
  private Response told(Request request, Response response) {
    if (sts.isEmpty() || !request.scheme().equals("https") || response.headers().contains(STS)) {
      return response;
    }
    Headers headers = response.headers().and(STS, sts.get());
    return response.withHeaders(headers);
  }
}
