package gyre.proxy.fetch;

import gyre.operations.config.SiteConfig;
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

  public static Request set(SiteConfig site, URI server, Request request) {
    return request.withHeaders(request.headers().with("host", of(site, server, request)));
  }
}
