package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.net.URI;

/**
 * The Host that a server is asked with: the visitor's own where the site names its hosts, the
 * server's where the site takes every name ({@code *}) and so cannot know what the server expects.
 */
public final class UpstreamHost {
  private UpstreamHost() {}

  public static String of(SiteConfig site, URI server, Request request) {
    return site.hosts().contains("*") ? server.getAuthority() : request.authority();
  }

  /**
   * The request as this server gets it: with that Host, and told who asked as the site wants it.
   */
  public static Request set(SiteConfig site, URI server, Request request) {
    Headers headers = told(site, request.headers());
    return request.withHeaders(headers.with("host", of(site, server, request)));
  }

  private static Headers told(SiteConfig site, Headers headers) {
    return switch (site.upstream().forwarding()) {
      case BOTH -> headers;
      case FORWARDED -> headers.without(field -> field.name().startsWith("x-forwarded-"));
      case X_FORWARDED -> headers.without("forwarded");
    };
  }
}
