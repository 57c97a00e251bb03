package gyre.proxy.coding;

import gyre.proxy.message.Headers;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The entity tags of coded representations (RFC 9110, 8.8.3.3): the strong {@code "v1"} becomes
 * {@code "v1~zstd"}. Coded on the fly it is {@code W/"v1~zstd"}, as its bytes may differ each time.
 * A weak tag says already that bytes may differ, and stays. Pure.
 */
public final class CodedTag {
  private static final String MARK = "~";
  private static final Pattern TAG = Pattern.compile("(?:W/)?\"([^\"]*)\"");

  private CodedTag() {}

  /** Of content that is kept as it was coded. */
  public static String kept(String tag, Coding coding) {
    boolean isStrong = tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"");
    return isStrong ? tag.substring(0, tag.length() - 1) + MARK + coding.token() + "\"" : tag;
  }

  /** Of content that is coded on the fly. */
  public static String passing(String tag, Coding coding) {
    String kept = kept(tag, coding);
    return kept.equals(tag) ? tag : "W/" + kept;
  }

  /** Whether the list holds this tag; strong or weak is the same here (RFC 9110, 8.8.3.2). */
  public static boolean lists(String list, String tag) {
    String opaque = tag.startsWith("W/") ? tag.substring(2) : tag;
    Matcher each = TAG.matcher(list);
    while (each.find()) {
      if (opaque.equals("\"" + each.group(1) + "\"")) {
        return true;
      }
    }
    return false;
  }

  /** The tag of this list that names this content in a coding, as the list has it. */
  public static Optional<String> in(String list, String tag, Coding coding) {
    String coded = kept(tag, coding);
    Matcher each = TAG.matcher(list);
    while (!coded.equals(tag) && each.find()) {
      if (coded.equals("\"" + each.group(1) + "\"")) {
        return Optional.of(each.group());
      }
    }
    return Optional.empty();
  }

  /**
   * The fields with, beside each tag that was made here, the one that the site's server knows: it
   * is asked about its own version (If-Match, If-None-Match).
   */
  public static Headers withOriginals(Headers request) {
    return withOriginals(withOriginals(request, "if-none-match"), "if-match");
  }

  private static Headers withOriginals(Headers request, String name) {
    List<String> lines = request.all(name);
    boolean isOurs = lines.stream().anyMatch(line -> line.contains(MARK));
    if (!isOurs) {
      return request;
    }
    Headers changed = request;
    for (String line : lines) {
      String originals = originals(line);
      changed = originals.isEmpty() ? changed : changed.and(name, originals);
    }
    return changed;
  }

  /** In one line, which is no longer than the one that they come from. */
  private static String originals(String line) {
    StringJoiner originals = new StringJoiner(", ");
    Matcher each = TAG.matcher(line);
    while (each.find()) {
      original(each.group(1)).ifPresent(tag -> originals.add("\"" + tag + "\""));
    }
    return originals.toString();
  }

  private static Optional<String> original(String opaque) {
    for (Coding coding : Coding.values()) {
      if (opaque.endsWith(MARK + coding.token())) {
        return Optional.of(
            opaque.substring(0, opaque.length() - MARK.length() - coding.token().length()));
      }
    }
    return Optional.empty();
  }
}
