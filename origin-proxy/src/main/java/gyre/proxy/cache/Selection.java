package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import gyre.proxy.message.Request;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which part of a complete representation answers a request: conditions first (RFC 9110, 13.2.2),
 * then Range (14.2).
 */
public sealed interface Selection {
  record Full() implements Selection {}

  record NotModified() implements Selection {}

  /** Bytes {@code from} to {@code to} of {@code size}, both included. */
  record Partial(long from, long to, long size) implements Selection {
    public long length() {
      return to - from + 1;
    }

    /** As the field says it (RFC 9110, 14.4). */
    public String contentRange() {
      return "bytes " + from + "-" + to + "/" + size;
    }
  }

  /** Parts that neither touch nor overlap, two at least, in the order that they were asked for. */
  record Several(List<Partial> parts, long size) implements Selection {
    public Several {
      parts = List.copyOf(parts);
    }
  }

  record Unsatisfiable(long size) implements Selection {}

  /** {@code size}: empty while nobody knows it; then a range is not answered. */
  static Selection of(Request request, int status, Headers headers, OptionalLong size) {
    if (status == 200 && isUnmodified(request.headers(), headers)) {
      return new NotModified();
    }
    Optional<String> range = request.headers().first("range");
    boolean applies =
        range.isPresent()
            && request.method().equals("GET")
            && status == 200
            && size.isPresent()
            && ifRangeHolds(request.headers(), headers);
    return applies ? Ranges.of(range.orElse(""), size.orElse(0)) : new Full();
  }

  private static boolean isUnmodified(Headers request, Headers response) {
    Optional<String> none = request.joined("if-none-match");
    if (none.isPresent()) {
      return response.first("etag").map(tag -> lists(none.get(), tag)).orElse(false)
          || none.get().strip().equals("*");
    }
    Optional<Instant> since = request.first("if-modified-since").flatMap(HttpTime::parse);
    if (since.isEmpty()) {
      return false;
    }
    Optional<Instant> modified =
        response.first("last-modified").or(() -> response.first("date")).flatMap(HttpTime::parse);
    return modified.isPresent() && !modified.get().isAfter(since.get());
  }

  /** Weak comparison (8.8.3.2). */
  private static boolean lists(String tags, String tag) {
    Matcher each = Pattern.compile("(?:W/)?(\"[^\"]*\")").matcher(tags);
    String opaque = tag.startsWith("W/") ? tag.substring(2) : tag;
    while (each.find()) {
      if (each.group(1).equals(opaque)) {
        return true;
      }
    }
    return false;
  }

  /** Section 13.1.5: a strong match of the tag, or the very same date. */
  private static boolean ifRangeHolds(Headers request, Headers response) {
    Optional<String> condition = request.first("if-range");
    if (condition.isEmpty()) {
      return true;
    }
    String validator = condition.get().strip();
    if (validator.startsWith("\"") || validator.startsWith("W/")) {
      return !validator.startsWith("W/") && response.first("etag").equals(condition);
    }
    return response.first("last-modified").equals(condition);
  }
}
