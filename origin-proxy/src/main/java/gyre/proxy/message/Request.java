package gyre.proxy.message;

import java.net.InetAddress;

/**
 * One HTTP request. {@code scheme} is http or https as the visitor sees it, {@code authority} the
 * Host in lower case, {@code target} path and query in origin form (RFC 9112, 3.2.1).
 */
public record Request(
    String method,
    String scheme,
    String authority,
    String target,
    Headers headers,
    Body body,
    InetAddress client) {

  /**
   * The name under which caches, manifests and the directory know it: {@code //authority/target}.
   */
  public String resource() {
    return "//" + authority + target;
  }

  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
