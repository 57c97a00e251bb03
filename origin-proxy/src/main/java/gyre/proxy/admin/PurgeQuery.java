package gyre.proxy.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import gyre.proxy.cache.Purge;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the query of a purge asks for: one site, and of it everything, or {@code resource}s ({@code
 * //host/path}), or {@code prefix}es ({@code /path} or {@code //host/path}), or {@code tag}s, each
 * as often as wanted; {@code soft=true} makes stale instead of forgetting.
 */
sealed interface PurgeQuery {
  String FORM = "?site=ID[&resource=//host/path | &prefix=/path/ | &tag=NAME]...[&soft=true]";

  /** Each is compared with every stored response. */
  int RULES = 100;

  record Wanted(Purge purge, boolean softly) implements PurgeQuery {}

  record Wrong(int status, String reason) implements PurgeQuery {}

  static PurgeQuery read(@Nullable String raw, Set<String> sites) {
    String query = raw == null ? "" : raw;
    try {
      List<String> site = values(query, "site");
      if (site.size() != 1 || !sites.contains(site.getFirst())) {
        return new Wrong(404, "there is no site " + site + "; say " + FORM);
      }
      return of(site.getFirst(), query);
    } catch (IllegalArgumentException e) {
      return new Wrong(400, "not percent-encoded as a query is: " + e.getMessage());
    }
  }

  private static PurgeQuery of(String site, String query) {
    List<String> resources = values(query, "resource");
    List<String> prefixes = values(query, "prefix");
    List<String> tags = values(query, "tag");
    boolean softly = values(query, "soft").equals(List.of("true"));
    if (List.of(resources, prefixes, tags).stream().filter(list -> !list.isEmpty()).count() > 1) {
      return new Wrong(400, "resources, prefixes or tags, not several of them");
    }
    if (!resources.stream().allMatch(resource -> resource.startsWith("//"))) {
      return new Wrong(400, "a resource is written //host/path");
    }
    if (!prefixes.stream().allMatch(prefix -> prefix.startsWith("/"))) {
      return new Wrong(400, "a prefix is written /path or //host/path");
    }
    if (!tags.stream().allMatch(tag -> !tag.isBlank() && tag.indexOf(',') < 0)) {
      return new Wrong(400, "a tag is neither empty nor a list");
    }
    if (prefixes.size() > RULES || tags.size() > RULES) {
      return new Wrong(400, "at most " + RULES + " prefixes or tags at once");
    }
    return new Wanted(purge(site, resources, prefixes, tags), softly);
  }

  private static Purge purge(
      String site, List<String> resources, List<String> prefixes, List<String> tags) {
    if (!resources.isEmpty()) {
      return new Purge.Resources(site, new HashSet<>(resources));
    }
    if (!prefixes.isEmpty()) {
      return new Purge.Prefixes(site, prefixes);
    }
    return tags.isEmpty() ? new Purge.Everything(site) : new Purge.Tags(site, tags);
  }

  private static List<String> values(String query, String key) {
    return Arrays.stream(query.split("&", -1))
        .filter(pair -> pair.startsWith(key + "="))
        .map(pair -> URLDecoder.decode(pair.substring(key.length() + 1), UTF_8))
        .toList();
  }
}
