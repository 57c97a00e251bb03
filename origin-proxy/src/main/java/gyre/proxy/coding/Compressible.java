package gyre.proxy.coding;

import gyre.operations.config.CompressionConfig;
import gyre.proxy.cache.CacheControl;
import gyre.proxy.message.Headers;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which responses are worth a coding and may get one: 200, of a type that shrinks, not too small,
 * without a coding, a digest of its bytes, or {@code no-transform} (RFC 9110, 7.7). Pure.
 */
final class Compressible {
  private static final String EVENTS = "text/event-stream";
  private static final List<String> OF_THESE_BYTES =
      List.of("content-encoding", "content-range", "content-digest", "repr-digest", "digest");

  private final boolean isEnabled;
  private final long minSize;
  private final Set<String> types = new HashSet<>();
  private final Set<String> prefixes = new HashSet<>();
  private final Set<String> suffixes = new HashSet<>();

  Compressible(CompressionConfig config) {
    this.isEnabled = config.enabled();
    this.minSize = config.minSize();
    for (String type : config.types()) {
      if (type.startsWith("*")) {
        suffixes.add(type.substring(1));
      } else if (type.endsWith("*")) {
        prefixes.add(type.substring(0, type.length() - 1));
      } else {
        types.add(type);
      }
    }
  }

  /** {@code size} in bytes; one that is not known yet counts as large. */
  boolean includes(int status, Headers headers, OptionalLong size) {
    return isEnabled
        && status == 200
        && size.orElse(minSize) >= minSize
        && headers.first("content-type").filter(this::shrinks).isPresent()
        && OF_THESE_BYTES.stream().noneMatch(headers::contains)
        && !CacheControl.of(headers).has("no-transform");
  }

  private boolean shrinks(String contentType) {
    int semicolon = contentType.indexOf(';');
    String bare = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    String type = bare.strip().toLowerCase(Locale.ROOT);
    if (types.contains(type)) {
      return true;
    }
    int slash = type.indexOf('/');
    int plus = type.lastIndexOf('+');
    return slash > 0
        && !type.equals(EVENTS)
        && (prefixes.contains(type.substring(0, slash + 1))
            || (plus > slash && suffixes.contains(type.substring(plus))));
  }
}
