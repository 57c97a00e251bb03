package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import java.util.List;
import java.util.Set;

/** What of a site is to be forgotten. Pure. */
public sealed interface Purge {
  String site();

  /** Whether it is meant: a resource, {@code //host/path}, and the head of its response. */
  boolean covers(String resource, Headers headers);

  record Everything(String site) implements Purge {
    @Override
    public boolean covers(String resource, Headers headers) {
      return true;
    }
  }

  /** These resources, of whatever scheme. */
  record Resources(String site, Set<String> resources) implements Purge {
    public Resources {
      resources = Set.copyOf(resources);
    }

    @Override
    public boolean covers(String resource, Headers headers) {
      return resources.contains(resource);
    }
  }

  /**
   * What begins with one of these: {@code /path} on whatever host of the site, {@code //host/path}
   * on that host.
   */
  record Prefixes(String site, List<String> prefixes) implements Purge {
    public Prefixes {
      prefixes = List.copyOf(prefixes);
    }

    @Override
    public boolean covers(String resource, Headers headers) {
      return covers(resource);
    }

    public boolean covers(String resource) {
      int path = resource.indexOf('/', 2);
      for (String prefix : prefixes) {
        if (prefix.startsWith("//")
            ? resource.startsWith(prefix)
            : path >= 0 && resource.startsWith(prefix, path)) {
          return true;
        }
      }
      return false;
    }
  }

  /** What carries one of these in Cache-Tag, whatever its case, or {@link #UNKNOWN}. */
  record Tags(String site, List<String> tags) implements Purge {
    public Tags {
      tags = List.copyOf(tags);
    }

    @Override
    public boolean covers(String resource, Headers headers) {
      return tags.stream().anyMatch(tag -> headers.lists(FIELD, tag))
          || headers.lists(FIELD, UNKNOWN);
    }
  }

  /** The response field whose comma-separated members name what a response belongs to. */
  String FIELD = "cache-tag";

  /** Stands there for tags that were not told: every tag may be meant. */
  String UNKNOWN = "*";
}
