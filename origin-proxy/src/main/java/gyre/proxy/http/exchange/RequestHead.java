package gyre.proxy.http.exchange;

import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;

/** A request's head, checked: exactly one valid host, unambiguous framing. */
public record RequestHead(
    String method,
    String authority,
    String target,
    Headers headers,
    Framing framing,
    HttpVersion version) {

  /** The request in HTTP/1.1 that asks for the same connection in another protocol. */
  RequestHead asUpgrade(String protocol) {
    Headers asking = headers.and("connection", "Upgrade").and("upgrade", protocol);
    return new RequestHead("GET", authority, target, asking, framing, version);
  }

  /** Stands for a request whose head could not be read; its connection does not stay. */
  public static final RequestHead UNREADABLE =
      new RequestHead("GET", "", "/", Headers.EMPTY, new Framing.None(), HttpVersion.HTTP_1_0);

  /** The authority without a default port of this scheme, which another proxy may have told. */
  String authorityFor(String scheme) {
    String port = scheme.equals("https") ? ":443" : ":80";
    return authority.endsWith(port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }

  /** The same with content of a length that is told. */
  RequestHead withLength(long bytes) {
    return new RequestHead(method, authority, target, headers, new Framing.Length(bytes), version);
  }

  /** Whether the client waits for 100 before it sends its body (RFC 9110, 10.1.1). */
  boolean expectsContinue() {
    return version != HttpVersion.HTTP_1_0
        && headers.first("expect").filter(e -> e.equalsIgnoreCase("100-continue")).isPresent();
  }

  /** Whether a response with this status has content (RFC 9110, 6.4.1). */
  public boolean allowsContent(int status) {
    return !method.equals("HEAD") && status != 204 && status != 304;
  }
}
