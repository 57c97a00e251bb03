package gyre.proxy.http.exchange;

import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What HPACK or QPACK decode of one field section (RFC 9113, 8.2; RFC 9114, 4.2), taken in field by
 * field: pseudo-header fields first and once each, names in lower case, nothing that concerns one
 * connection only. The first fault ends it, later fields are dropped. Owned by the event loop.
 */
public final class FieldSection {
  private static final int OTHER_FIELDS = 12;

  private final HttpVersion version;
  private final List<HeaderField> fields = new ArrayList<>(OTHER_FIELDS);
  private final StringBuilder cookies = new StringBuilder();
  private Optional<Refusal> fault = Optional.empty();
  private String method = "";
  private String scheme = "";
  private String path = "";
  private String authority = "";
  private String protocol = "";
  private boolean hasAuthority;
  private int pseudo;
  private int size;

  /** Of a message in this version. */
  public FieldSection(HttpVersion version) {
    this.version = version;
  }

  /** The next field. */
  public void take(AsciiString name, AsciiString value) {
    if (fault.isPresent()) {
      return;
    }
    if (!isFieldValue(value)) {
      fail(400, "a control character or outer blanks in the value of " + shown(name));
    } else if (!name.isEmpty() && name.byteAt(0) == ':') {
      takePseudo(name.toString(), value.toString());
    } else if (!isFieldName(name)) {
      fail(400, "not the name of a field: " + shown(name));
    } else {
      takeField(name.toString(), value.toString());
    }
  }

  private void takePseudo(String name, String value) {
    if (!fields.isEmpty() || !cookies.isEmpty()) {
      fail(400, name + " after other fields");
      return;
    }
    int bit =
        switch (name) {
          case ":method" -> 1;
          case ":scheme" -> 2;
          case ":path" -> 4;
          case ":authority" -> 8;
          case ":protocol" -> version == HttpVersion.HTTP_2 ? 16 : 0; // RFC 8441, 4
          default -> 0;
        };
    if (bit == 0 || (pseudo & bit) != 0) {
      fail(400, (bit == 0 ? "an unknown pseudo-header field: " : "twice ") + name);
      return;
    }
    pseudo |= bit;
    switch (name) {
      case ":method" -> method = value;
      case ":scheme" -> scheme = value;
      case ":path" -> path = value;
      case ":protocol" -> protocol = value;
      default -> {
        authority = value;
        hasAuthority = true;
      }
    }
  }

  private void takeField(String name, String value) {
    switch (name) {
      case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade" ->
          fail(400, name + " in HTTP/" + version.text());
      case "te" -> {
        if (value.equalsIgnoreCase("trailers")) {
          keep(name, value);
        } else {
          fail(400, "te other than trailers in HTTP/" + version.text());
        }
      }
      case "cookie" ->
          cookies
              .append(cookies.isEmpty() ? "" : "; ")
              .append(value); // RFC 9113, 8.2.3; RFC 9114, 4.2.1
      default -> keep(name, value);
    }
  }

  private void keep(String name, String value) {
    if (fields.size() == Limits.HEADERS) {
      fail(431, "more than " + Limits.HEADERS + " header lines");
      return;
    }
    size += name.length() + value.length();
    if (size > Limits.HEADERS_TOTAL) {
      fail(431, "header lines of more than " + Limits.HEADERS_TOTAL + " bytes");
      return;
    }
    try {
      fields.add(new HeaderField(name, value));
    } catch (IllegalArgumentException e) {
      fail(431, "a header line beyond the limits");
    }
  }

  private void fail(int status, String reason) {
    fault = Optional.of(new Refusal(status, reason));
    fields.clear();
  }

  /** RFC 9113, 8.2.1: a token without upper case. */
  private static boolean isFieldName(AsciiString name) {
    for (int i = 0; i < name.length(); i++) {
      byte b = name.byteAt(i);
      if (!Grammar.isToken(b) || (b >= 'A' && b <= 'Z')) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isFieldValue(AsciiString value) {
    int length = value.length();
    if (length == 0) {
      return true;
    }
    if (Grammar.isBlank(value.byteAt(0)) || Grammar.isBlank(value.byteAt(length - 1))) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (!Grammar.isFieldContent(value.byteAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static String shown(AsciiString name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(name.length(), 40); i++) {
      char c = name.charAt(i);
      text.append(c > ' ' && c < 0x7f ? c : '?');
    }
    return text.toString();
  }

  /** Whether content is to be expected of this request (RFC 9110, 9.3.1). */
  public boolean announcesContent() {
    return !(method.equals("GET") || method.equals("HEAD"))
        || fields.stream().anyMatch(field -> field.name().equals("content-length"));
  }

  /** Why it is no field section. */
  public Optional<Refusal> fault() {
    return fault;
  }

  public boolean hasPseudo() {
    return pseudo != 0;
  }

  HttpVersion version() {
    return version;
  }

  String requestMethod() {
    return method;
  }

  String requestScheme() {
    return scheme;
  }

  String requestPath() {
    return path;
  }

  /** Empty where there is no {@code :protocol}. */
  String requestProtocol() {
    return protocol;
  }

  /** Empty where there is no {@code :authority}. */
  Optional<String> requestAuthority() {
    return hasAuthority ? Optional.of(authority) : Optional.empty();
  }

  /** Every other field, the crumbs of Cookie in one. */
  public Headers fields() {
    if (!cookies.isEmpty()) {
      keep("cookie", cookies.toString());
      cookies.setLength(0);
    }
    return new Headers(fields);
  }
}
