package gyre.operations.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which answers origin-proxy compresses: media types ({@code text/*} and {@code *+json} stand for
 * what begins or ends so) of at least {@code minSize} bytes.
 */
public record CompressionConfig(boolean enabled, List<String> types, long minSize) {
  private static final Pattern TYPE =
      Pattern.compile("\\*\\+[a-z0-9.-]+|[a-z0-9.+-]+/(?:\\*|[a-z0-9.+-]+)");

  /** What shrinks by compression; what is compressed already is not among them. */
  static final List<String> TYPES =
      List.of(
          "text/*",
          "*+json",
          "*+xml",
          "application/json",
          "application/javascript",
          "application/x-javascript",
          "application/x-ndjson",
          "application/xml",
          "application/wasm",
          "application/vnd.ms-fontobject",
          "font/ttf",
          "font/otf",
          "image/bmp",
          "image/x-icon",
          "image/vnd.microsoft.icon");

  public static final CompressionConfig DEFAULT = new CompressionConfig(true, TYPES, 1 << 10);

  public CompressionConfig {
    types = List.copyOf(types);
  }

  static CompressionConfig read(YamlSection section) {
    List<String> types = section.list("types", CompressionConfig::type);
    CompressionConfig compression =
        new CompressionConfig(
            section.value("enabled", Scalars::truth).orElse(DEFAULT.enabled),
            types.isEmpty() ? DEFAULT.types : types,
            section.value("min-size", Units::bytes).orElse(DEFAULT.minSize));
    section.done();
    return compression;
  }

  private static String type(String text) {
    return Scalars.matching(
        TYPE, text.toLowerCase(Locale.ROOT), "a media type, or such as text/* and *+json");
  }
}
