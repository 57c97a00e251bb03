package gyre.proxy.cache;

import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.wire.Bytes;
import gyre.wire.Digest;
import java.net.InetAddress;
import java.time.Instant;

/** Requests and responses of tests, in one line each. */
public final class Messages {
  public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private Messages() {}

  /** {@code "a: b; c: d"}, where "|" stands for a semicolon in a value; empty for none. */
  public static Headers headers(String text) {
    Headers headers = Headers.EMPTY;
    for (String line : text.split(";", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers =
            headers.and(
                line.substring(0, colon).strip(),
                line.substring(colon + 1).strip().replace('|', ';'));
      }
    }
    return headers;
  }

  public static Request request(String method, String target, String headers) {
    return new Request(
        method,
        "http",
        "site.test",
        target,
        headers(headers),
        Body.EMPTY,
        InetAddress.getLoopbackAddress());
  }

  public static Request get(String headers) {
    return request("GET", "/a", headers);
  }

  /** A 200 received now, with Date now unless another one is given. */
  public static StoredResponse stored(Request request, String headers) {
    Headers given = headers(headers);
    Headers dated = given.contains("date") ? given : given.and("date", HttpTime.format(NOW));
    return StoredResponse.of(
        request,
        200,
        dated,
        new ContentName("site", new Digest(Bytes.owning(new byte[32]))),
        NOW,
        NOW);
  }
}
