package gyre.proxy.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gyre.operations.config.AccessLogConfig;
import gyre.proxy.message.Headers;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One access as one line, without its end. Pure. */
final class AccessFormat {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final ObjectMapper JSON = new ObjectMapper();

  private AccessFormat() {}

  static String line(Access access, AccessLogConfig.Format format) {
    return switch (format) {
      case COMBINED -> combined(access);
      case JSON -> json(access);
    };
  }

  /** Apache's combined format; what could forge a line or leave its quotes is escaped. */
  private static String combined(Access access) {
    Access.Line line = access.line();
    return access.client().getHostAddress()
        + " - - ["
        + TIME.format(access.at())
        + "] \""
        + escaped(line.method() + " " + line.target())
        + " HTTP/"
        + line.version()
        + "\" "
        + access.status()
        + " "
        + access.bytes()
        + " \""
        + escaped(field(access.request(), "referer"))
        + "\" \""
        + escaped(field(access.request(), "user-agent"))
        + "\"";
  }

  private static String json(Access access) {
    Access.Line line = access.line();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("time", access.at().toString());
    values.put("ms", access.took().toNanos() / 1e6);
    values.put("client", access.client().getHostAddress());
    values.put("method", line.method());
    values.put("host", line.authority());
    values.put("target", line.target());
    values.put("version", line.version());
    values.put("status", access.status());
    values.put("bytes", access.bytes());
    values.put("referer", field(access.request(), "referer"));
    values.put("agent", field(access.request(), "user-agent"));
    String source = AnswerSource.of(access.response());
    values.put("source", source);
    values.put("peerBytes", source.equals(AnswerSource.PEER) ? access.bytes() : 0);
    values.put("cache", access.response().flatMap(h -> h.joined("cache-status")).orElse("-"));
    try {
      return JSON.writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings and numbers are JSON", e);
    }
  }

  private static String field(Headers headers, String name) {
    return headers.first(name).orElse("-");
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c < ' ' || c > '~') {
        out.append("\\x%02x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
