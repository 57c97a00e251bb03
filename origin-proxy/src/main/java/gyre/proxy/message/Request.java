package gyre.proxy.message;

import java.net.InetAddress;

/**
 * One HTTP request. {@code scheme} is http or https as the visitor sees it, {@code authority} the
 * Host in lower case without the scheme's default port, {@code target} path and query in origin
 * form (RFC 9112, 3.2.1). Until the final response is there, {@code interim} is told of others.
 * {@code version}: in which it came.
 */
public record Request(
    String method,
    String scheme,
    String authority,
    String target,
    Headers headers,
    Body body,
    Sender sender,
    Interim interim,
    HttpVersion version) {

  /** In HTTP/1.1, of a client that is connected itself and takes no interim responses. */
  public Request(
      String method,
      String scheme,
      String authority,
      String target,
      Headers headers,
      Body body,
      InetAddress client) {
    this(
        method,
        scheme,
        authority,
        target,
        headers,
        body,
        Sender.direct(client),
        Interim.NONE,
        HttpVersion.HTTP_1_1);
  }

  /** The client's address. */
  public InetAddress client() {
    return sender.address();
  }

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

  /** The host of the authority, without its port; IPv6 in brackets. */
  public String host() {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }

  /** Safe and without side effects asked for: GET or HEAD (RFC 9110, 9.2.1). */
  public boolean isRead() {
    return method.equals("GET") || method.equals("HEAD");
  }

  /** RFC 9110, 9.2.2. */
  public boolean isIdempotent() {
    return switch (method) {
      case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
      default -> false;
    };
  }

  /** It proves who asks (RFC 9110, 11.6.2). */
  public boolean isAuthorized() {
    return headers.contains("authorization");
  }

  public Request withMethod(String changed) {
    return new Request(changed, scheme, authority, target, headers, body, sender, interim, version);
  }

  public Request withHeaders(Headers changed) {
    return new Request(method, scheme, authority, target, changed, body, sender, interim, version);
  }

  public Request withTarget(String changed) {
    return new Request(method, scheme, authority, changed, headers, body, sender, interim, version);
  }

  public Request withInterim(Interim changed) {
    return new Request(method, scheme, authority, target, headers, body, sender, changed, version);
  }
}
