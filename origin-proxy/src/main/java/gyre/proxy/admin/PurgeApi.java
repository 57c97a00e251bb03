package gyre.proxy.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import gyre.proxy.cache.ResponseCache;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code POST /api/purge?site=ID}, with {@code &resource=//host/path} as often as wanted: these
 * resources of the site, or all of them, are forgotten here and their manifests withdrawn; readers
 * that have seen the higher generation refuse the older. What browsers keep in their own HTTP
 * caches is theirs.
 */
public final class PurgeApi implements HttpHandler {

  /**
   * Takes back what was signed: of these resources, or of all where none is named. An SQLException
   * where that is not stored yet; it counts here all the same.
   */
  @FunctionalInterface
  public interface Withdrawal {
    void withdraw(String site, List<String> resources) throws SQLException;
  }

  private final Set<String> sites;
  private final ResponseCache cache;
  private final Withdrawal withdrawal;

  public PurgeApi(Set<String> sites, ResponseCache cache, Withdrawal withdrawal) {
    this.sites = Set.copyOf(sites);
    this.cache = cache;
    this.withdrawal = withdrawal;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      AdminServer.text(exchange, 405, "POST purges ?site=ID, or of it &resource=//host/path\n");
      return;
    }
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    List<String> named = values(query, "site");
    if (named.size() != 1 || !sites.contains(named.getFirst())) {
      AdminServer.text(exchange, 404, "there is no site " + named + "; say ?site=ID\n");
      return;
    }
    List<String> resources = values(query, "resource");
    if (!resources.stream().allMatch(resource -> resource.startsWith("//"))) {
      AdminServer.text(exchange, 400, "a resource is written //host/path\n");
      return;
    }
    cache.forget(resources);
    try {
      withdrawal.withdraw(named.getFirst(), resources);
      AdminServer.text(exchange, 200, "purged\n");
    } catch (SQLException e) {
      AdminServer.text(
          exchange, 500, "purged here; readers hear of it once it is stored: " + e + "\n");
    }
  }

  private static List<String> values(String query, String key) {
    return Arrays.stream(query.split("&", -1))
        .filter(pair -> pair.startsWith(key + "="))
        .map(pair -> URLDecoder.decode(pair.substring(key.length() + 1), StandardCharsets.UTF_8))
        .toList();
  }
}
