package gyre.proxy.cache;

import gyre.proxy.message.Headers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.greenbytes.http.sfv.BooleanItem;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * What a response tells this cache: the directives of CDN-Cache-Control where that field is there
 * and valid (RFC 9213, 2.2), else those of Cache-Control, and Expires.
 */
public record ResponseControl(CacheControl directives, Optional<String> expires) {
  private static final String TARGETED = "cdn-cache-control";

  /** What may name fields (RFC 9111, 5.2.2.4 and 5.2.2.7); here it means the whole response. */
  private static final Set<String> OF_FIELDS = Set.of("no-cache", "private");

  public static ResponseControl of(Headers response) {
    return targeted(response.all(TARGETED))
        .map(control -> new ResponseControl(control, Optional.empty()))
        .orElseGet(() -> new ResponseControl(CacheControl.of(response), response.first("expires")));
  }

  /** A field that is no dictionary, or an empty one, counts as absent (RFC 9213, 2.1). */
  private static Optional<CacheControl> targeted(List<String> lines) {
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    try {
      Dictionary members = Parser.parseDictionary(String.join(",", lines));
      return members.get().isEmpty() ? Optional.empty() : Optional.of(control(members));
    } catch (ParseException notADictionary) {
      return Optional.empty();
    }
  }

  /** A directive whose value has another type than it must have is ignored (RFC 9213, 2.1). */
  private static CacheControl control(Dictionary members) {
    Map<String, String> directives = new HashMap<>();
    members
        .get()
        .forEach((name, value) -> argument(name, value).ifPresent(a -> directives.put(name, a)));
    return new CacheControl(directives);
  }

  private static Optional<String> argument(String name, ListElement<?> value) {
    return switch (value) {
      case StringItem fields when OF_FIELDS.contains(name) -> Optional.of(fields.get());
      case BooleanItem flag -> flag.get() ? Optional.of("") : Optional.empty();
      case IntegerItem seconds when seconds.getAsLong() >= 0 -> Optional.of(seconds.serialize());
      default -> Optional.empty();
    };
  }

  public boolean has(String directive) {
    return directives.has(directive);
  }

  /** Whether an answer to a request with Authorization may be shared (RFC 9111, 3.5). */
  public boolean sharesAuthorized() {
    return has("public") || has("s-maxage") || has("must-revalidate");
  }

  /** Whether the response itself says how long it is fresh. */
  boolean isExplicit() {
    return has("s-maxage") || has("max-age") || expires.isPresent();
  }
}
