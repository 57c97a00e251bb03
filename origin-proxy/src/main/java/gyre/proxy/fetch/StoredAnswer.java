package gyre.proxy.fetch;

import gyre.proxy.cache.Selection;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The answer to one request from a complete representation: whole, a part, or only the news that it
 * has not changed. Pure; the bytes come from {@link Content}.
 */
final class StoredAnswer {
  private static final Set<String> OF_THE_CONTENT =
      Set.of("content-length", "content-type", "content-range", "accept-ranges");

  /** Where the bytes are: in a store, or still arriving. */
  interface Content {
    /** Empty while it arrives without having said how long it is. */
    OptionalLong size();

    Body bytes(long from, long length);

    Body whole();
  }

  private StoredAnswer() {}

  static Response of(
      Request request, int status, Headers stored, Content content, Duration age, String member) {
    Headers headers =
        CacheStatus.on(stored.without("content-length"), member)
            .with("age", Long.toString(age.toSeconds()));
    if (content.size().isEmpty()) {
      return new Response(status, headers, content.whole());
    }
    long size = content.size().getAsLong();
    return switch (Selection.of(request, status, stored, size)) {
      case Selection.Full full ->
          request.method().equals("HEAD")
              ? new Response(status, withLength(ranged(headers, status), size), Body.EMPTY)
              : new Response(status, ranged(headers, status), content.whole());
      case Selection.NotModified same ->
          new Response(304, headers.without(f -> OF_THE_CONTENT.contains(f.name())), Body.EMPTY);
      case Selection.Partial part ->
          new Response(
              206,
              headers.with("content-range", "bytes " + part.from() + "-" + part.to() + "/" + size),
              content.bytes(part.from(), part.length()));
      case Selection.Unsatisfiable none ->
          new Response(416, headers.with("content-range", "bytes */" + size), Body.EMPTY);
    };
  }

  private static Headers ranged(Headers headers, int status) {
    return status == 200 ? headers.with("accept-ranges", "bytes") : headers;
  }

  private static Headers withLength(Headers headers, long size) {
    return headers.with("content-length", Long.toString(size));
  }
}
