package gyre.proxy.upstream;

import gyre.operations.config.SiteConfig;
import gyre.proxy.fetch.UpstreamHost;
import gyre.proxy.fetch.UpstreamSource;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.HeaderField;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;

/**
 * The upstreams of one site, asked in their order: the next one only where the one before takes no
 * connection, so that a request is never sent twice.
 */
public final class SiteUpstream implements UpstreamSource {
  private final HttpClient client;
  private final SiteConfig site;

  public SiteUpstream(HttpClient client, SiteConfig site) {
    this.client = client;
    this.site = site;
  }

  @Override
  public Response fetch(Request request) throws IOException {
    ConnectException last = new ConnectException("the site " + site.id() + " has no upstream");
    for (URI server : site.upstreams()) {
      try {
        Response response =
            client.fetch(Endpoint.of(server), UpstreamHost.set(site, server, request));
        return response.withHeaders(ownLocations(response.headers(), server, request));
      } catch (ConnectException e) {
        last = e;
      }
    }
    throw last;
  }

  /** A redirect to the server's own address is one to the visitor's. */
  private Headers ownLocations(Headers headers, URI server, Request request) {
    String theirs = server.getScheme() + "://" + UpstreamHost.of(site, server, request);
    String ours = request.scheme() + "://" + request.authority();
    if (theirs.equals(ours) || !headers.contains("location")) {
      return headers;
    }
    return new Headers(
        headers.fields().stream().map(field -> ownLocation(field, theirs, ours)).toList());
  }

  private static HeaderField ownLocation(HeaderField field, String theirs, String ours) {
    String value = field.value();
    boolean isTheirs =
        field.name().equals("location") && (value.equals(theirs) || value.startsWith(theirs + "/"));
    return isTheirs ? new HeaderField("location", ours + value.substring(theirs.length())) : field;
  }
}
