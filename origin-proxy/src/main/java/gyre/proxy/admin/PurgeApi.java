package gyre.proxy.admin;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import gyre.operations.admin.AdminServer;
import gyre.proxy.cache.Purge;
import gyre.proxy.cache.ResponseCache;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/purge?site=ID}, see {@link PurgeQuery}: what is meant is forgotten here, in
 * memory and on disk, and its manifests are withdrawn; readers that have seen the higher generation
 * refuse the older. What browsers keep in their own HTTP caches is theirs.
 *
 * <p>200 once all of it is for good, with {@code {"responses": …, "manifests": …}}; 500 where it
 * counts here but may not outlive this process.
 */
public final class PurgeApi implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PurgeApi.class);

  /** What was signed of a site. */
  public interface Manifests {
    /** The resources that have a manifest. */
    Set<String> resources(String site);

    /**
     * Takes back what was signed: of these resources, or of all where none is named. An
     * SQLException where that is not stored yet; it counts here all the same.
     */
    void withdraw(String site, List<String> resources) throws SQLException;
  }

  private final Supplier<Set<String>> sites;
  private final ResponseCache cache;
  private final Manifests manifests;
  private final InstantSource clock;
  private final ObjectMapper json = new ObjectMapper();

  public PurgeApi(
      Supplier<Set<String>> sites, ResponseCache cache, Manifests manifests, InstantSource clock) {
    this.sites = sites;
    this.cache = cache;
    this.manifests = manifests;
    this.clock = clock;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      AdminServer.text(exchange, 405, "POST purges: " + PurgeQuery.FORM + "\n");
      return;
    }
    switch (PurgeQuery.read(exchange.getRequestURI().getRawQuery(), sites.get())) {
      case PurgeQuery.Wrong wrong ->
          AdminServer.text(exchange, wrong.status(), wrong.reason() + "\n");
      case PurgeQuery.Wanted wanted -> purge(exchange, wanted);
    }
  }

  private void purge(HttpExchange exchange, PurgeQuery.Wanted wanted) throws IOException {
    Purge purge = wanted.purge();
    ResponseCache.Purged purged =
        wanted.softly() ? cache.purgeSoftly(purge, clock.instant()) : cache.purge(purge);
    try {
      int withdrawn = withdraw(purge, purged.resources());
      cache.sync();
      LOG.info("purged {}: {} responses, {} manifests", purge, purged.responses(), withdrawn);
      AdminServer.json(
          exchange,
          200,
          json.writeValueAsBytes(Map.of("responses", purged.responses(), "manifests", withdrawn)));
    } catch (SQLException | IOException e) {
      AdminServer.text(
          exchange, 500, "purged here; readers hear of it once it is stored: " + e + "\n");
    }
  }

  /** How many manifests were known of what is withdrawn. */
  private int withdraw(Purge purge, Set<String> forgotten) throws SQLException {
    Set<String> known = manifests.resources(purge.site());
    return switch (purge) {
      case Purge.Everything all -> withdraw(all.site(), List.of(), known.size());
      case Purge.Resources some ->
          withdraw(
              some.site(),
              List.copyOf(some.resources()),
              (int) some.resources().stream().filter(known::contains).count());
      case Purge.Prefixes some -> withdraw(some.site(), forgotten, known, some::covers);
      // the tags of what the cache holds no more are unknown: it may have been meant
      case Purge.Tags some ->
          withdraw(some.site(), forgotten, known, resource -> !cache.knows(resource));
    };
  }

  private int withdraw(
      String site, Set<String> forgotten, Set<String> known, Predicate<String> isMeant)
      throws SQLException {
    Set<String> named = new HashSet<>(forgotten);
    known.stream().filter(isMeant).forEach(named::add);
    if (named.isEmpty()) {
      return 0;
    }
    int count = (int) named.stream().filter(known::contains).count();
    return withdraw(site, new ArrayList<>(named), count);
  }

  private int withdraw(String site, List<String> resources, int count) throws SQLException {
    manifests.withdraw(site, resources);
    return count;
  }
}
