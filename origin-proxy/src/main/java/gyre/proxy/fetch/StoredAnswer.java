package gyre.proxy.fetch;

import gyre.proxy.cache.Purge;
import gyre.proxy.cache.Selection;
import gyre.proxy.message.Body;
import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import gyre.proxy.message.Response;
import gyre.wire.HeaderField;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The answer to one request from a complete representation: whole, a part, or only the news that it
 * has not changed. Pure; the bytes come from {@link Content}.
 */
final class StoredAnswer {
  private static final HeaderField PARTS = new HeaderField("accept-ranges", "bytes");
  private static final Set<String> OF_THE_CONTENT =
      Set.of(
          "content-length", "content-type", "content-encoding", "content-range", "accept-ranges");

  /** Where the bytes are: in a store, or still arriving. */
  interface Content {
    /** Empty while it arrives without having said how long it is. */
    OptionalLong size();

    Body bytes(long from, long length);

    Body whole();

    /** Whether parts can be had in any order: not while it arrives. */
    default boolean isHeld() {
      return false;
    }
  }

  private StoredAnswer() {}

  static Response of(Request request, Selected selected) {
    int status = selected.status();
    Content content = selected.content();
    return switch (Selection.of(request, status, selected.headers(), content.size())) {
      case Selection.Full full -> full(request, selected);
      case Selection.NotModified same ->
          new Response(
              304, head(selected).without(f -> OF_THE_CONTENT.contains(f.name())), Body.EMPTY);
      case Selection.Partial part ->
          new Response(
              206,
              head(selected).with("content-range", part.contentRange()),
              content.bytes(part.from(), part.length()));
      case Selection.Several several ->
          content.isHeld() ? several(several, selected) : full(request, selected);
      case Selection.Unsatisfiable none ->
          new Response(
              416, head(selected).with("content-range", "bytes */" + none.size()), Body.EMPTY);
    };
  }

  /** What is stored, with what this cache says of it. */
  private static Headers head(Selected selected) {
    return selected.headers().changed(StoredAnswer::isOurs, selected.member(), age(selected));
  }

  private static HeaderField age(Selected selected) {
    return new HeaderField("age", Long.toString(selected.age().toSeconds()));
  }

  private static Response several(Selection.Several several, Selected selected) {
    Headers headers = head(selected);
    Content content = selected.content();
    ByteRanges body =
        new ByteRanges(
            several.parts(),
            headers.first("content-type"),
            part -> content.bytes(part.from(), part.length()));
    return new Response(206, headers.with("content-type", body.type()), body);
  }

  /** Parts are of identity only, and of what is known to its end. */
  private static Response full(Request request, Selected selected) {
    int status = selected.status();
    Content content = selected.content();
    boolean hasParts =
        status == 200
            && content.size().isPresent()
            && !selected.headers().contains("content-encoding");
    Headers full =
        hasParts
            ? selected
                .headers()
                .changed(StoredAnswer::isOursInFull, selected.member(), age(selected), PARTS)
            : head(selected);
    if (!request.method().equals("HEAD")) {
      return new Response(status, full, content.whole());
    }
    OptionalLong size = content.size();
    return new Response(
        status, size.isPresent() ? withLength(full, size.getAsLong()) : full, Body.EMPTY);
  }

  /** Set anew, or meant for this cache alone. */
  private static boolean isOurs(HeaderField field) {
    return switch (field.name()) {
      case "age", "content-length", Purge.FIELD -> true;
      default -> false;
    };
  }

  private static boolean isOursInFull(HeaderField field) {
    return isOurs(field) || field.name().equals(PARTS.name());
  }

  private static Headers withLength(Headers headers, long size) {
    return headers.with("content-length", Long.toString(size));
  }
}
