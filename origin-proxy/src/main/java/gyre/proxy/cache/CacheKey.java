package gyre.proxy.cache;

/** What a key of {@link ResponseCache} is made of: {@code scheme://host[:port]/path}. */
public final class CacheKey {
  private CacheKey() {}

  /** The resource of a key, {@code //host/path}. */
  static String resource(String key) {
    return key.substring(key.indexOf(':') + 1);
  }

  /** The host of a key, without its port. */
  public static String host(String key) {
    int from = key.indexOf("//") + 2;
    int path = key.indexOf('/', from);
    String authority = key.substring(from, path < 0 ? key.length() : path);
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }
}
