package gyre.proxy.http.h1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gyre.proxy.http.exchange.Authority;
import gyre.proxy.http.exchange.Framing;
import gyre.proxy.http.exchange.Grammar;
import gyre.proxy.http.exchange.Refusal;
import gyre.proxy.http.exchange.RequestHead;
import gyre.proxy.message.Headers;
import gyre.proxy.message.HttpVersion;
import gyre.wire.HeaderField;
import gyre.wire.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request's head from its bytes (RFC 9112, 2 to 6), strictly: what two implementations might read
 * differently is refused. One instance reads one head.
 */
final class HeadParser {
  /** The longest request line: method, target, version. */
  static final int REQUEST_LINE = Limits.METHOD + Limits.TARGET + 11;

  private final byte[] head;
  private final String scheme;
  private int at;

  private HeadParser(byte[] head, String scheme) {
    this.head = head;
    this.scheme = scheme;
  }

  /** {@code head} ends with an empty line, and every line with CR LF. */
  static Parsed parse(byte[] head, String scheme) {
    try {
      return new Parsed.Head(new HeadParser(head, scheme).read());
    } catch (Refused refused) {
      return new Parsed.Malformed(refused.refusal);
    }
  }

  private RequestHead read() throws Refused {
    String method = method();
    String target = target();
    HttpVersion version = version();
    Headers headers = headers();
    Optional<Authority> absolute = Authority.ofAbsoluteForm(target);
    String host = host(headers);
    String asked =
        Authority.normalized(host, scheme).orElseThrow(() -> new Refused(400, "not a valid Host"));
    String authority = absolute.isEmpty() ? asked : authority(absolute.get());
    return new RequestHead(
        method,
        authority,
        originForm(method, absolute.map(Authority::target).orElse(target)),
        headers,
        framing(headers, version),
        version);
  }

  private String authority(Authority absolute) throws Refused {
    return Authority.normalized(absolute.authority(), scheme)
        .orElseThrow(() -> new Refused(400, "not a valid host in the target"));
  }

  private String method() throws Refused {
    int start = at;
    while (at < head.length && Grammar.isToken(head[at])) {
      at++;
    }
    if (at == start || at - start > Limits.METHOD || head[at] != ' ') {
      throw new Refused(400, "not a method");
    }
    return text(start, at++);
  }

  private String target() throws Refused {
    int start = at;
    while (head[at] > 0x20 && head[at] < 0x7f && head[at] != '#') {
      at++;
    }
    if (at == start || head[at] != ' ') {
      throw new Refused(400, "not a request target");
    }
    if (at - start > Limits.TARGET) {
      throw new Refused(414, "the target is longer than " + Limits.TARGET + " bytes");
    }
    return text(start, at++);
  }

  private HttpVersion version() throws Refused {
    int end = lineEnd();
    String version = text(at, end);
    at = end + 2;
    return switch (version) {
      case "HTTP/1.1" -> HttpVersion.HTTP_1_1;
      case "HTTP/1.0" -> HttpVersion.HTTP_1_0;
      default ->
          throw new Refused(version.startsWith("HTTP/") ? 505 : 400, "not an HTTP/1 version");
    };
  }

  private Headers headers() throws Refused {
    List<HeaderField> fields = new ArrayList<>();
    while (head[at] != '\r') {
      if (fields.size() == Limits.HEADERS) {
        throw new Refused(431, "more than " + Limits.HEADERS + " header lines");
      }
      fields.add(field());
    }
    return new Headers(fields);
  }

  private HeaderField field() throws Refused {
    if (head[at] == ' ' || head[at] == '\t') {
      throw new Refused(400, "a folded header line");
    }
    int nameStart = at;
    while (Grammar.isToken(head[at])) {
      at++;
    }
    int nameEnd = at;
    if (nameEnd == nameStart || head[at] != ':') {
      throw new Refused(400, "not a header name");
    }
    int end = lineEnd();
    int from = nameEnd + 1;
    int to = end;
    while (from < to && Grammar.isBlank(head[from])) {
      from++;
    }
    while (to > from && Grammar.isBlank(head[to - 1])) {
      to--;
    }
    if (nameEnd - nameStart > Limits.HEADER_NAME || to - from > Limits.HEADER_VALUE) {
      throw new Refused(431, "a header line beyond the limits");
    }
    for (int i = from; i < to; i++) {
      if (!Grammar.isFieldContent(head[i])) {
        throw new Refused(400, "a control character in a header value");
      }
    }
    at = end + 2;
    try {
      return new HeaderField(text(nameStart, nameEnd), text(from, to));
    } catch (IllegalArgumentException e) {
      throw new Refused(431, "a header line beyond the limits"); // which count bytes of UTF-8
    }
  }

  private static String host(Headers headers) throws Refused {
    List<String> hosts = headers.all("host");
    if (hosts.size() != 1) {
      throw new Refused(400, hosts.isEmpty() ? "no Host" : "more than one Host");
    }
    return hosts.getFirst();
  }

  private static String originForm(String method, String target) throws Refused {
    if (target.startsWith("/") || (target.equals("*") && method.equals("OPTIONS"))) {
      return target;
    }
    throw new Refused(400, "not a request target");
  }

  private static Framing framing(Headers headers, HttpVersion version) throws Refused {
    List<String> lengths = headers.all("content-length");
    List<String> codings = headers.all("transfer-encoding");
    if (!codings.isEmpty()) {
      if (!lengths.isEmpty() || version == HttpVersion.HTTP_1_0) {
        throw new Refused(400, "Transfer-Encoding beside Content-Length or in HTTP/1.0");
      }
      if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
        throw new Refused(501, "a transfer coding other than chunked");
      }
      return new Framing.Delimited();
    }
    if (lengths.size() > 1) {
      throw new Refused(400, "more than one Content-Length");
    }
    return lengths.isEmpty() ? new Framing.None() : length(lengths.getFirst());
  }

  private static Framing length(String text) throws Refused {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new Refused(400, "not a Content-Length");
    }
    long length = Long.parseLong(text);
    return length == 0 ? new Framing.None() : new Framing.Length(length);
  }

  private int lineEnd() {
    int end = at;
    while (head[end] != '\r') {
      end++;
    }
    return end;
  }

  private String text(int from, int to) {
    return new String(head, from, to - from, ISO_8859_1);
  }

  private static final class Refused extends Exception {
    final Refusal refusal;

    Refused(int status, String reason) {
      super(reason, null, false, false);
      this.refusal = new Refusal(status, reason);
    }
  }
}
