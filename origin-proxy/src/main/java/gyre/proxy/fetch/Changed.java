package gyre.proxy.fetch;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which resources a successful unsafe request has changed, as far as a cache can tell (RFC 9111,
 * 4.4): its own, and those of the same origin that Location and Content-Location name. Pure.
 */
final class Changed {
  private Changed() {}

  /** The targets, in origin form. */
  static Set<String> targets(Request request, Headers response) {
    Set<String> targets = new LinkedHashSet<>();
    targets.add(request.target());
    response.first("location").flatMap(to -> target(request, to)).ifPresent(targets::add);
    response.first("content-location").flatMap(to -> target(request, to)).ifPresent(targets::add);
    return targets;
  }

  private static Optional<String> target(Request request, String reference) {
    try {
      URI base = new URI(request.scheme() + "://" + request.authority() + request.path());
      URI named = base.resolve(new URI(reference.strip()));
      String path = named.getRawPath();
      if (path == null || !isOfOrigin(request, named)) {
        return Optional.empty();
      }
      String query = named.getRawQuery() == null ? "" : "?" + named.getRawQuery();
      return Optional.of((path.isEmpty() ? "/" : path) + query);
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isOfOrigin(Request request, URI named) {
    String authority = named.getRawAuthority();
    if (authority == null || !request.scheme().equalsIgnoreCase(named.getScheme())) {
      return false;
    }
    String usual = request.scheme().equals("https") ? ":443" : ":80";
    String host = authority.toLowerCase(Locale.ROOT);
    String bare = host.endsWith(usual) ? host.substring(0, host.length() - usual.length()) : host;
    return bare.equals(request.authority());
  }
}
